/* A vendor-like library: Si_INIT and Si_Busi, the latter forwarding to a centre over TCP.
 *
 * The centre's address is the environment variable GSDESK_CENTRE ("127.0.0.1:54321").
 * Request: 4-byte big-endian length, bytes. Reply: 4-byte big-endian signed status, 4-byte length,
 * bytes. As the real one it takes no lengths, prints to standard output, and answers a broken line
 * with a negative status and plain GBK text. Builds with gcc, clang and mingw-w64 (-lws2_32).
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#ifdef _WIN32
#include <winsock2.h>
#define EXPORT __declspec(dllexport)
#ifdef GSDESK_STDCALL
#define CALL __stdcall
#else
#define CALL
#endif
typedef SOCKET line_t;
#define close_line closesocket
#else
#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/select.h>
#include <sys/socket.h>
#include <unistd.h>
#define EXPORT __attribute__((visibility("default")))
#define CALL
typedef int line_t;
#define INVALID_SOCKET (-1)
#define close_line close
#endif

/* the simulated centre asks for a crash with this status, of us as of the training stand-in */
#define CRASH (-999001)
#define LARGEST_REPLY (4u * 1024u * 1024u - 1u)

/* "no connection" and "no answer from the centre" in GBK */
static const char NO_LINE[] = "\xce\xde\xb7\xa8\xc1\xac\xbd\xd3\xd6\xd0\xd0\xc4";
static const char NO_ANSWER[] = "\xd6\xd0\xd0\xc4\xce\xb4\xb7\xb5\xbb\xd8";

static line_t line = INVALID_SOCKET;

static int address(struct sockaddr_in *to)
{
    char host[64];
    unsigned port;
    const char *where = getenv("GSDESK_CENTRE");
    if (where == NULL || sscanf(where, "%63[0-9.]:%u", host, &port) != 2 || port > 65535)
        return -1;
    memset(to, 0, sizeof *to);
    to->sin_family = AF_INET;
    to->sin_port = htons((unsigned short)port);
    to->sin_addr.s_addr = inet_addr(host);
    return 0;
}

static void hang_up(void)
{
    if (line != INVALID_SOCKET)
        close_line(line);
    line = INVALID_SOCKET;
}

/* between calls the centre says nothing, so something to read is its goodbye */
static int gone(void)
{
    fd_set lines;
    struct timeval now = {0, 0};
    FD_ZERO(&lines);
    FD_SET(line, &lines);
    return select((int)line + 1, &lines, NULL, NULL, &now) != 0;
}

static int dial(void)
{
    struct sockaddr_in to;
    int one = 1;
    if (line != INVALID_SOCKET && gone())
        hang_up();
    if (line != INVALID_SOCKET)
        return 0;
    if (address(&to) != 0)
        return -1;
    line = socket(AF_INET, SOCK_STREAM, 0);
    if (line == INVALID_SOCKET)
        return -1;
    setsockopt(line, IPPROTO_TCP, TCP_NODELAY, (const char *)&one, sizeof one);
    if (connect(line, (struct sockaddr *)&to, sizeof to) == 0)
        return 0;
    hang_up();
    return -1;
}

static int send_all(const char *data, unsigned size)
{
    while (size > 0) {
        int done = (int)send(line, data, (int)size, 0);
        if (done <= 0)
            return -1;
        data += done;
        size -= (unsigned)done;
    }
    return 0;
}

static int take_all(char *data, unsigned size)
{
    while (size > 0) {
        int done = (int)recv(line, data, (int)size, 0);
        if (done <= 0)
            return -1;
        data += done;
        size -= (unsigned)done;
    }
    return 0;
}

/* 0 done, -1 nothing was sent, -2 no whole answer came */
static int exchange(const char *request, char *answer, int *status)
{
    unsigned head[2], size = (unsigned)strlen(request);
    unsigned length = htonl(size);
    if (dial() != 0 || send_all((const char *)&length, 4) != 0)
        return -1;
    if (send_all(request, size) != 0 || take_all((char *)head, 8) != 0)
        return -2;
    *status = (int)ntohl(head[0]);
    size = ntohl(head[1]);
    if (size > LARGEST_REPLY || take_all(answer, size) != 0)
        return -2;
    answer[size] = '\0';
    return 0;
}

EXPORT int CALL Si_INIT(char *error)
{
#ifdef _WIN32
    WSADATA data;
    if (WSAStartup(MAKEWORD(2, 2), &data) != 0)
        return -1;
#endif
    printf("zjs library: initialised\n");
    (void)error;
    return 0;
}

EXPORT int CALL Si_Busi(char *input, char *output)
{
    int status = -1, end = exchange(input, output, &status);
    if (end == 0 && status == CRASH)
        _Exit(139);
    if (end == 0)
        return status;
    hang_up();
    strcpy(output, end == -1 ? NO_LINE : NO_ANSWER);
    return end;
}
