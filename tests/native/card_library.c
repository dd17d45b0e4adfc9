/* A card library as vendors make them: functions that give a text back, parts between bars.
 *
 * What it does is the environment variable GSDESK_CARD: a card by default, or one of the mishaps.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#ifdef _WIN32
#include <windows.h>
#define EXPORT __declspec(dllexport)
#define CALL __stdcall
#define wait_long() Sleep(3600000)
#else
#include <unistd.h>
#define EXPORT __attribute__((visibility("default")))
#define CALL
#define wait_long() sleep(3600)
#endif

/* "shen jianguo" and "no card" in GBK */
#define NAME "\xc9\xf2\xbd\xa8\xb9\xfa"
#define NO_CARD "\xce\xde\xbf\xa8"

static char reply[1 << 18];

static const char *does(void)
{
    const char *what = getenv("GSDESK_CARD");
    return what == NULL ? "card" : what;
}

static char *mishap(const char *what)
{
    if (strcmp(what, "error") == 0)
        return "0|" NO_CARD "|";
    if (strcmp(what, "half error") == 0)
        return "0|" NO_CARD "\xbf";
    if (strcmp(what, "half") == 0)
        return "1|990101|990101197803141030|Z90010001|990101990010001|" NAME "\xb9|";
    if (strcmp(what, "few") == 0)
        return "1|990101|";
    if (strcmp(what, "bare") == 0)
        return "1|||||||||||||";
    if (strcmp(what, "empty") == 0)
        return "";
    if (strcmp(what, "null") == 0)
        return NULL;
    if (strcmp(what, "endless") == 0) {
        memset(reply, 'x', sizeof reply);
        return reply;
    }
    if (strcmp(what, "hang") == 0)
        wait_long();
    if (strcmp(what, "crash") == 0)
        abort();
    return "?";
}

EXPORT char *CALL ReadCardBase(void)
{
    printf("the reader hums\n");
    if (strcmp(does(), "card") != 0)
        return mishap(does());
    return "1|990101|990101197803141030|Z90010001|990101990010001|" NAME
           "|0081544C9F|3.00|20200101|20491231|990000000001|01|MjAyNjAzMDIwOTAwMDB4|";
}

EXPORT char *CALL DoDebit(const char *card, const char *pay)
{
    char *sign;
    if (strcmp(does(), "card") != 0)
        return mishap(does());
    snprintf(reply, sizeof reply, "1|%s;%s", card, pay);
    for (sign = reply + 2; *sign != '\0'; sign++)
        if (*sign == '|')
            *sign = ',';
    strcat(reply, "|");
    return reply;
}
