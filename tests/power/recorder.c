/* Preloaded into a process: writes down, in order, what it does to the files of one folder.
 *
 * GSDESK_FOLDER is the folder (its shared-memory file, which SQLite rebuilds, is left out),
 * GSDESK_RECORD the file that takes the record. One entry: operation (1 byte: W write, T truncate,
 * S sync, U unlink), length of the name and the name, offset and size (8 bytes each), the data.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static int record = -1;

#define REAL(name) ((__typeof__(&name))dlsym(RTLD_NEXT, #name))

static ssize_t raw_write(int file, const void *data, size_t size)
{
    static __typeof__(&write) real;
    if (real == NULL)
        real = REAL(write);
    return real(file, data, size);
}

/* the name below the folder, or nothing */
static const char *ours(const char *path)
{
    const char *folder = getenv("GSDESK_FOLDER");
    size_t size = folder ? strlen(folder) : 0;
    const char *tail = path + strlen(path);
    if (!size || strncmp(path, folder, size) || path[size] != '/')
        return NULL;
    if (tail - path > 4 && !strcmp(tail - 4, "-shm"))
        return NULL;
    return path + size + 1;
}

static const char *name_of(int file, char *space, size_t size)
{
    char link[64];
    ssize_t length;
    snprintf(link, sizeof link, "/proc/self/fd/%d", file);
    length = readlink(link, space, size - 1);
    if (length <= 0)
        return NULL;
    space[length] = '\0';
    return ours(space);
}

static void note(char what, const char *name, uint64_t offset, uint64_t size, const void *data)
{
    uint32_t length = (uint32_t)strlen(name);
    pthread_mutex_lock(&lock);
    if (record < 0)
        record = open(getenv("GSDESK_RECORD"), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
    raw_write(record, &what, 1);
    raw_write(record, &length, 4);
    raw_write(record, name, length);
    raw_write(record, &offset, 8);
    raw_write(record, &size, 8);
    if (data != NULL)
        raw_write(record, data, size);
    pthread_mutex_unlock(&lock);
}

static ssize_t noted(int file, const void *data, ssize_t done, off64_t offset)
{
    char space[4096];
    const char *name = done > 0 ? name_of(file, space, sizeof space) : NULL;
    if (name != NULL)
        note('W', name, (uint64_t)offset, (uint64_t)done, data);
    return done;
}

ssize_t pwrite64(int file, const void *data, size_t size, off64_t offset)
{
    return noted(file, data, REAL(pwrite64)(file, data, size, offset), offset);
}

ssize_t pwrite(int file, const void *data, size_t size, off_t offset)
{
    return noted(file, data, REAL(pwrite)(file, data, size, offset), (off64_t)offset);
}

ssize_t write(int file, const void *data, size_t size)
{
    char space[4096];
    off64_t offset = 0;
    if (name_of(file, space, sizeof space) != NULL) {
        struct stat64 now;
        int appends = fcntl(file, F_GETFL) & O_APPEND;
        offset = appends && !fstat64(file, &now) ? now.st_size : lseek64(file, 0, SEEK_CUR);
    }
    return noted(file, data, raw_write(file, data, size), offset);
}

static int noted_sync(int file, int done)
{
    char space[4096];
    const char *name = done == 0 ? name_of(file, space, sizeof space) : NULL;
    if (name != NULL)
        note('S', name, 0, 0, NULL);
    return done;
}

int fsync(int file)
{
    return noted_sync(file, REAL(fsync)(file));
}

int fdatasync(int file)
{
    return noted_sync(file, REAL(fdatasync)(file));
}

static int noted_truncate(int file, int done, uint64_t size)
{
    char space[4096];
    const char *name = done == 0 ? name_of(file, space, sizeof space) : NULL;
    if (name != NULL)
        note('T', name, size, 0, NULL);
    return done;
}

int ftruncate64(int file, off64_t size)
{
    return noted_truncate(file, REAL(ftruncate64)(file, size), (uint64_t)size);
}

int ftruncate(int file, off_t size)
{
    return noted_truncate(file, REAL(ftruncate)(file, size), (uint64_t)size);
}

int unlink(const char *path)
{
    const char *name = ours(path);
    int done = REAL(unlink)(path);
    if (done == 0 && name != NULL)
        note('U', name, 0, 0, NULL);
    return done;
}
