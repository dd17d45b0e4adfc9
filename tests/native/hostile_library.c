/* Every way a vendor library can misbehave, chosen by the request's text or GSDESK_HOSTILE.
 *
 * With -DNO_BUSINESS the business function is absent, with -DNEEDS_OTHER the library needs another.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#ifdef _WIN32
#include <windows.h>
#include <direct.h>
#include <io.h>
#define chdir _chdir
#define getcwd _getcwd
#define write _write
#define close _close
#define EXPORT __declspec(dllexport)
static void nap(void) { Sleep(1000); }
#else
#include <signal.h>
#include <sys/types.h>
#include <unistd.h>
#define EXPORT __attribute__((visibility("default")))
static void nap(void) { sleep(1); }
#endif

#define MIB (1024u * 1024u)

#ifdef NEEDS_OTHER
int from_the_other(void);
#endif

static volatile int *nowhere = NULL;

static void hang(void)
{
    fprintf(stderr, "the library hangs\n");
    for (;;)
        nap();
}

static int plain(char *output, const char *text)
{
    strcpy(output, text);
    return 0;
}

/* writes to the first descriptor that takes it: the worker's private line */
static void scribble(const char *text, unsigned size)
{
    int file = 3;
    while (file < 64 && write(file, text, size) < 0)
        file++;
}

static void close_descriptors(void)
{
    int file;
    for (file = 3; file < 64; file++)
        close(file);
}

#ifndef _WIN32
/* a helper that outlives the call, in a session of its own, holding every descriptor */
static int daemon_that_stays(char *output)
{
    pid_t child = fork();
    if (child == 0) {
        setsid();
        sleep(20);
        _exit(0);
    }
    sprintf(output, "%d", (int)child);
    return 0;
}

static int helper_in_our_group(char *output)
{
    pid_t child = fork();
    if (child == 0)
        for (;;)
            sleep(1);
    sprintf(output, "%d", (int)child);
    return 0;
}
#endif

static int flood(char *output)
{
    int line;
    for (line = 0; line < 200000; line++)
        fprintf(stderr, "noise %06d ...............................................\n", line);
    return plain(output, "flooded");
}

EXPORT int Si_INIT(char *error)
{
    const char *mode = getenv("GSDESK_HOSTILE");
#ifdef NEEDS_OTHER
    from_the_other();
#endif
    if (mode == NULL)
        return 0;
    if (!strcmp(mode, "init-crash"))
        *nowhere = 1;
    if (!strcmp(mode, "init-hang"))
        hang();
    if (!strcmp(mode, "init-exit"))
        exit(0);
    if (!strcmp(mode, "init-fails")) {
        strcpy(error, "\xb6\xc1\xbf\xa8\xc6\xf7\xce\xb4\xc1\xac\xbd\xd3"); /* reader not connected */
        return -7;
    }
    if (!strcmp(mode, "init-odd")) {
        strcpy(error, "{braces}");
        return 5;
    }
    if (!strcmp(mode, "init-overrun"))
        memset(error, 'e', 64 * 1024 + 10);
    return 0;
}

#ifndef NO_BUSINESS
EXPORT int Si_Busi(char *input, char *output)
{
    if (!strcmp(input, "crash"))
        *nowhere = 1;
    if (!strcmp(input, "abort"))
        abort();
    if (!strcmp(input, "exit"))
        exit(0);
    if (!strcmp(input, "hang"))
        hang();
    if (!strcmp(input, "overrun")) {
        memset(output, 'o', 4 * MIB + 16);
        output[4 * MIB + 16] = '\0';
        return 0;
    }
    if (!strcmp(input, "overrun-by-one")) {
        memset(output, 'o', 4 * MIB);
        output[4 * MIB] = '\0';
        return 0;
    }
    if (!strcmp(input, "overrun-far")) {
        memset(output, 'o', 64 * MIB);
        return 0;
    }
    if (!strcmp(input, "no-terminator")) {
        memset(output, 'n', 4 * MIB);
        return 0;
    }
    if (!strcmp(input, "largest")) {
        memset(output, 'g', 4 * MIB - 1);
        return 0;
    }
    if (!strcmp(input, "prints")) {
        printf("vendor says on stdout 11010119900307000X\n");
        fprintf(stderr, "vendor says on stderr\n");
        return plain(output, "printed");
    }
    if (!strcmp(input, "flood"))
        return flood(output);
    if (!strcmp(input, "reads-stdin"))
        return plain(output, getchar() == EOF ? "nothing there" : "took a byte");
    if (!strcmp(input, "chdir"))
        return plain(output, chdir("/") == 0 ? "moved" : "stayed");
    if (!strcmp(input, "cwd"))
        return getcwd(output, 4096) == NULL;
    if (!strcmp(input, "refuses")) {
        strcpy(output, "\xcd\xf8\xc2\xe7\xb2\xbb\xcd\xa8"); /* network down */
        return -3;
    }
    if (!strcmp(input, "half-character"))
        return plain(output, "{\"err_msg\":\"\xd6\xd0\xd0");
    if (!strcmp(input, "silent"))
        return 0;
    if (!strcmp(input, "writes-into-input")) {
        memset(input, 'i', 60000);
        return plain(output, "spoiled");
    }
    if (!strcmp(input, "garbage-on-the-line"))
        scribble("this is not a frame at all, not even close", 42);
    if (!strcmp(input, "half-a-frame")) {
        scribble("GSDA\0\0\0\2\0\0\4\0half", 16);
        exit(0);
    }
    if (!strcmp(input, "giant-frame"))
        scribble("GSDA\0\0\0\2\x7f\xff\xff\xff", 12);
    if (!strcmp(input, "closes-all"))
        close_descriptors();
#ifndef _WIN32
    if (!strcmp(input, "daemon"))
        return daemon_that_stays(output);
    if (!strcmp(input, "helper"))
        return helper_in_our_group(output);
    if (!strcmp(input, "stops")) {
        raise(SIGSTOP);
        return plain(output, "went on");
    }
#endif
    strcpy(output, input);
    return 0;
}
#endif
