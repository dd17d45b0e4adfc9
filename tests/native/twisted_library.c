/* A library that forwards to a centre and breaks one call in one way, once.
 *
 * The file "twist" in its own folder says which: "CODE WHEN KIND" (WHEN: before the centre is asked,
 * or after it has answered). It is removed when it is used, so that the next call is sound.
 * The kinds that a real vendor's bug or a bad afternoon make are below, one branch each.
 */
#define Si_Busi forward
#include "zjs_library.c"
#undef Si_Busi

#include <locale.h>
#include <signal.h>
#include <time.h>

#ifdef _WIN32
#include <windows.h>
#include <direct.h>
#include <io.h>
static void nap(int ms) { Sleep((DWORD)ms); }
#else
#include <dlfcn.h>
#include <fcntl.h>
#include <pthread.h>
#include <sys/wait.h>
static void nap(int ms)
{
    struct timespec time = {ms / 1000, (ms % 1000) * 1000000L};
    nanosleep(&time, NULL);
}
#endif

#define BUFFER (4u * 1024u * 1024u)
#define IS(name) (!strcmp(kind, name))

static volatile int *nowhere = NULL;
static char draft[BUFFER];

static void hang(void)
{
    for (;;)
        nap(1000);
}

/* -- the reply's text, written anew */

static void upper_keys(char *text)
{
    char *start = NULL, *at;
    for (at = text; *at; at++) {
        if (*at != '"')
            continue;
        if (start == NULL) {
            start = at + 1;
        } else {
            char *next = at + 1 + strspn(at + 1, " ");
            for (; *next == ':' && start < at; start++)
                if (*start >= 'a' && *start <= 'z')
                    *start -= 32;
            start = NULL;
        }
    }
}

static int is_number(const char *text, unsigned size)
{
    unsigned digits = 0, place;
    for (place = 0; place < size; place++) {
        if (text[place] >= '0' && text[place] <= '9')
            digits++;
        else if (text[place] != '.' && !(text[place] == '-' && place == 0))
            return 0;
    }
    return digits > 0 && !(size > 1 && text[0] == '0' && text[1] != '.');
}

/* quotes bare numbers, or takes the quotes of quoted ones away (values only) */
static void swap_quotes(char *text, int quote)
{
    char *to = draft, *at = text;
    int value = 0;
    while (*at) {
        unsigned size;
        if (*at == '"') {
            size = (unsigned)strcspn(at + 1, "\"");
            if (!quote && value && is_number(at + 1, size)) {
                memcpy(to, at + 1, size);
                to += size;
            } else {
                memcpy(to, at, size + 2);
                to += size + 2;
            }
            at += size + 2;
            value = 0;
            continue;
        }
        size = (unsigned)strspn(at, "-.0123456789");
        if (quote && value && size) {
            to += sprintf(to, "\"%.*s\"", (int)size, at);
            at += size;
            value = 0;
            continue;
        }
        if (*at == ':' || *at == ',' || *at == '{' || *at == '[')
            value = *at == ':';
        *to++ = *at++;
    }
    *to = '\0';
    strcpy(text, draft);
}

static void replace_output(char *text, const char *before, const char *after, int keep)
{
    char *found = strstr(text, "\"output\"");
    unsigned head, size;
    if (found == NULL)
        return;
    found = strchr(found, ':') + 1;
    head = (unsigned)(found - text);
    size = (unsigned)strlen(found) - 1; /* without the last brace */
    sprintf(draft, "%.*s%s%.*s%s}", (int)head, text, before, keep ? (int)size : 0, found, after);
    strcpy(text, draft);
}

static void drop_output(char *text)
{
    char *found = strstr(text, "\"output\"");
    if (found == NULL)
        return;
    while (found > text && *found != ',')
        found--;
    strcpy(found, "}");
}

static void insert(char *text, const char *member)
{
    sprintf(draft, "{%s,%s", member, text + 1);
    strcpy(text, draft);
}

static void append(char *text, const char *member)
{
    text[strlen(text) - 1] = '\0';
    sprintf(draft, "%s,%s}", text, member);
    strcpy(text, draft);
}

/* the value of the member that carries the fund's part */
static void fund_becomes(char *text, const char *value)
{
    char *found = strstr(text, "\"hifp_pay\""), *end;
    if (found == NULL)
        return;
    found = strchr(found, ':') + 1;
    end = found + strcspn(found, ",}");
    sprintf(draft, "%.*s%s%s", (int)(found - text), text, value, end);
    strcpy(text, draft);
}

static int other_text(const char *kind, char *text)
{
    if (IS("upper-keys"))
        upper_keys(text);
    else if (IS("numbers-as-text"))
        swap_quotes(text, 1);
    else if (IS("text-as-numbers"))
        swap_quotes(text, 0);
    else if (IS("output-array"))
        replace_output(text, "[", "]", 1);
    else if (IS("output-empty-array"))
        replace_output(text, "[]", "", 0);
    else if (IS("output-null"))
        replace_output(text, "null", "", 0);
    else if (IS("output-text"))
        replace_output(text, "\"ok\"", "", 0);
    else if (IS("output-absent"))
        drop_output(text);
    else if (IS("unknown-fields"))
        insert(text, "\"vendor_extra\":{\"a\":[1,2,{\"b\":null}]}");
    else if (IS("duplicate-code"))
        append(text, "\"infcode\":-1");
    else if (IS("duplicate-same"))
        append(text, "\"infcode\":0");
    else if (IS("nan"))
        fund_becomes(text, "NaN");
    else if (IS("infinity"))
        fund_becomes(text, "1e999");
    else if (IS("three-decimals"))
        fund_becomes(text, "0.001");
    else if (IS("trailing-garbage"))
        strcat(text, "garbage");
    else if (IS("blanks-around"))
        insert(text, "  \"blank\" : \"\"\r\n");
    else if (IS("cut-in-the-middle"))
        text[strlen(text) / 2] = '\0';
    else if (IS("half-character"))
        strcpy(text + strlen(text) - 1, "\xd6");
    else if (IS("empty"))
        text[0] = '\0';
    else if (IS("plain-text"))
        strcpy(text, "\xbd\xbb\xd2\xd7\xb3\xc9\xb9\xa6"); /* "transaction done", no JSON */
    else
        return 0;
    return 1;
}

static void byte_order_mark(char *text)
{
    memmove(text + 3, text, strlen(text) + 1);
    memcpy(text, "\xef\xbb\xbf", 3);
}

static void ten_megabytes(char *text)
{
    memset(text, 'x', 10 * 1024 * 1024);
}

static int other_buffer(const char *kind, char *text)
{
    if (IS("byte-order-mark"))
        byte_order_mark(text);
    else if (IS("ten-megabytes"))
        ten_megabytes(text);
    else if (IS("overrun-by-one"))
        memset(text, 'o', BUFFER + 1);
    else if (IS("no-terminator"))
        memset(text, 'n', BUFFER);
    else
        return 0;
    return 1;
}

/* -- what it does to the process around it */

static void close_descriptors(void)
{
    int file;
    for (file = 0; file < 64; file++)
        close(file);
}

static void flood(void)
{
    int place;
    for (place = 0; place < 40000; place++) {
        fprintf(stdout, "noise on stdout %06d ................................\n", place);
        fprintf(stderr, "noise on stderr %06d ................................\n", place);
    }
}

#ifndef _WIN32
static void *chatter(void *nothing)
{
    for (;;)
        nap(5);
    return nothing;
}

static void start_threads(void)
{
    int count;
    for (count = 0; count < 8; count++) {
        pthread_t thread;
        pthread_create(&thread, NULL, chatter, NULL);
        pthread_detach(thread);
    }
}

static void start_children(void)
{
    int count;
    for (count = 0; count < 3; count++)
        if (fork() == 0)
            hang();
}

static void take_signals(void)
{
    int number;
    for (number = 1; number < 32; number++)
        signal(number, SIG_IGN);
}

/* a message box of its own: nobody at the desk's process will ever click it */
static void open_window(void)
{
    void *x11 = dlopen("libX11.so.6", RTLD_LAZY);
    void *(*open_display)(const char *) = x11 ? (void *(*)(const char *))dlsym(x11, "XOpenDisplay") : NULL;
    if (open_display != NULL)
        open_display(NULL);
    hang();
}

static void at_unload(void)
{
    *nowhere = 1;
}
#endif

static int other_behaviour(const char *kind)
{
    if (IS("crash"))
        *nowhere = 1;
    else if (IS("abort"))
        abort();
    else if (IS("exit"))
        exit(0);
    else if (IS("hang"))
        hang();
    else if (IS("floods"))
        flood();
    else if (IS("changes-folder"))
        return chdir("/") == 0 || 1;
    else if (IS("changes-locale"))
        setlocale(LC_ALL, "C");
    else if (IS("closes-descriptors"))
        close_descriptors();
#ifndef _WIN32
    else if (IS("takes-signals"))
        take_signals();
    else if (IS("takes-signals-and-hangs")) {
        take_signals();
        hang();
    } else if (IS("starts-threads"))
        start_threads();
    else if (IS("forks"))
        start_children();
    else if (IS("opens-a-window"))
        open_window();
    else if (IS("crashes-on-unload"))
        atexit(at_unload);
#endif
    else
        return 0;
    return 1;
}

static int other_status(const char *kind, char *output, int status)
{
    if (IS("status-plain"))
        strcpy(output, "\xcd\xf8\xc2\xe7\xb3\xac\xca\xb1"); /* network timeout */
    else if (IS("status-empty"))
        output[0] = '\0';
    else if (!IS("status-with-reply"))
        return status;
    return -5;
}

static int twist(char *when, char *kind, const char *input)
{
    char code[16], asked[32];
    FILE *file = fopen("twist", "r");
    int found = file != NULL && fscanf(file, "%15s %15s %63s", code, when, kind) == 3;
    if (file != NULL)
        fclose(file);
    sprintf(asked, "\"%s\"", found ? code : "");
    if (!found || strstr(input, asked) == NULL)
        return 0;
    remove("twist");
    return 1;
}

EXPORT int CALL Si_Busi(char *input, char *output)
{
    char when[16], kind[64];
    int status, twisted = twist(when, kind, input), late = 0;
    if (twisted && !strcmp(when, "before"))
        other_behaviour(kind);
    status = forward(input, output);
    if (!twisted || strcmp(when, "after"))
        return status;
    if (sscanf(kind, "late-%d", &late) == 1)
        nap(late);
    else if (!other_text(kind, output) && !other_buffer(kind, output))
        other_behaviour(kind);
    return other_status(kind, output, status);
}
