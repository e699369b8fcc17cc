/*
 * fuse.c - a folder seen through FUSE whose writes and flushes fail when a test says so.
 *
 *     fuse -f -o allow_other,default_permissions MOUNTPOINT     (SAWA_FUSE_REAL, SAWA_FAULT_FILE)
 *
 * Compiled by disk.py at test time. Everything is passed on to the real folder, by path, as root;
 * new files belong to who made them. The control file is mapped: the test writes `kind` (1: writes,
 * 2: flushes) and `number` (an errno), and reads in `fired` how many calls were failed. A failed
 * flush leaves the data where they are: what PostgreSQL must not do is believe a second one.
 */
#define FUSE_USE_VERSION 31
#define _GNU_SOURCE
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <fuse3/fuse.h>
#include <limits.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

struct control {
    _Atomic int64_t kind, number, fired;
};

enum { FAIL_WRITES = 1, FAIL_FLUSHES = 2 };

static struct control *control;
static const char *real;

#define REAL(name, path)                                                                           \
    char name[PATH_MAX];                                                                           \
    if ((size_t)snprintf(name, sizeof name, "%s%s", real, path) >= sizeof name)                    \
        return -ENAMETOOLONG

static int answer(int code)
{
    return code < 0 ? -errno : 0;
}

static int fails(int64_t kind)
{
    if (atomic_load(&control->kind) != kind)
        return 0;
    atomic_fetch_add(&control->fired, 1);
    return (int)atomic_load(&control->number);
}

static int own(const char *path)
{
    const struct fuse_context *caller = fuse_get_context();

    return answer(lchown(path, caller->uid, caller->gid));
}

static int do_getattr(const char *path, struct stat *ret_stat, struct fuse_file_info *file)
{
    REAL(at, path);
    return answer(file != NULL ? fstat((int)file->fh, ret_stat) : lstat(at, ret_stat));
}

static int do_readdir(const char *path, void *buffer, fuse_fill_dir_t fill, off_t offset,
                      struct fuse_file_info *file, enum fuse_readdir_flags flags)
{
    REAL(at, path);
    DIR *folder = opendir(at);

    (void)offset, (void)file, (void)flags;
    if (folder == NULL)
        return -errno;
    for (struct dirent *entry = readdir(folder); entry != NULL; entry = readdir(folder))
        fill(buffer, entry->d_name, NULL, 0, 0);
    return answer(closedir(folder));
}

static int do_open(const char *path, struct fuse_file_info *file)
{
    REAL(at, path);
    int fd = open(at, file->flags & ~O_DIRECT);

    file->fh = (uint64_t)fd;
    return answer(fd);
}

static int do_create(const char *path, mode_t mode, struct fuse_file_info *file)
{
    REAL(at, path);
    int fd = open(at, file->flags & ~O_DIRECT, mode);

    file->fh = (uint64_t)fd;
    return fd < 0 ? -errno : own(at);
}

static int do_read(const char *path, char *bytes, size_t size, off_t offset,
                   struct fuse_file_info *file)
{
    ssize_t count = pread((int)file->fh, bytes, size, offset);

    (void)path;
    return count < 0 ? -errno : (int)count;
}

static int do_write(const char *path, const char *bytes, size_t size, off_t offset,
                    struct fuse_file_info *file)
{
    int number = fails(FAIL_WRITES);
    ssize_t count = number != 0 ? 0 : pwrite((int)file->fh, bytes, size, offset);

    (void)path;
    return number != 0 ? -number : count < 0 ? -errno : (int)count;
}

static int do_fsync(const char *path, int data_only, struct fuse_file_info *file)
{
    int number = fails(FAIL_FLUSHES);

    (void)path;
    if (number != 0)
        return -number;
    return answer(data_only ? fdatasync((int)file->fh) : fsync((int)file->fh));
}

static int do_release(const char *path, struct fuse_file_info *file)
{
    (void)path;
    return answer(close((int)file->fh));
}

static int do_truncate(const char *path, off_t size, struct fuse_file_info *file)
{
    REAL(at, path);
    return answer(file != NULL ? ftruncate((int)file->fh, size) : truncate(at, size));
}

static int do_mkdir(const char *path, mode_t mode)
{
    REAL(at, path);
    return mkdir(at, mode) < 0 ? -errno : own(at);
}

static int do_mknod(const char *path, mode_t mode, dev_t device)
{
    REAL(at, path);
    return mknod(at, mode, device) < 0 ? -errno : own(at);
}

static int do_symlink(const char *target, const char *path)
{
    REAL(at, path);
    return symlink(target, at) < 0 ? -errno : own(at);
}

static int do_readlink(const char *path, char *target, size_t size)
{
    REAL(at, path);
    ssize_t count = readlink(at, target, size - 1);

    if (count < 0)
        return -errno;
    target[count] = '\0';
    return 0;
}

static int do_unlink(const char *path)
{
    REAL(at, path);
    return answer(unlink(at));
}

static int do_rmdir(const char *path)
{
    REAL(at, path);
    return answer(rmdir(at));
}

static int do_rename(const char *from, const char *to, unsigned int flags)
{
    REAL(before, from);
    REAL(after, to);
    return answer(renameat2(AT_FDCWD, before, AT_FDCWD, after, flags));
}

static int do_link(const char *from, const char *to)
{
    REAL(before, from);
    REAL(after, to);
    return answer(link(before, after));
}

static int do_chmod(const char *path, mode_t mode, struct fuse_file_info *file)
{
    REAL(at, path);
    (void)file;
    return answer(chmod(at, mode));
}

static int do_chown(const char *path, uid_t user, gid_t group, struct fuse_file_info *file)
{
    REAL(at, path);
    (void)file;
    return answer(lchown(at, user, group));
}

static int do_utimens(const char *path, const struct timespec times[2],
                      struct fuse_file_info *file)
{
    REAL(at, path);
    (void)file;
    return answer(utimensat(AT_FDCWD, at, times, AT_SYMLINK_NOFOLLOW));
}

static int do_statfs(const char *path, struct statvfs *ret_status)
{
    REAL(at, path);
    return answer(statvfs(at, ret_status));
}

static const struct fuse_operations operations = {
    .getattr = do_getattr, .readdir = do_readdir, .open = do_open, .create = do_create,
    .read = do_read, .write = do_write, .fsync = do_fsync, .release = do_release,
    .truncate = do_truncate, .mkdir = do_mkdir, .mknod = do_mknod, .symlink = do_symlink,
    .readlink = do_readlink, .unlink = do_unlink, .rmdir = do_rmdir, .rename = do_rename,
    .link = do_link, .chmod = do_chmod, .chown = do_chown, .utimens = do_utimens,
    .statfs = do_statfs,
};

int main(int argc, char **argv)
{
    const char *path = getenv("SAWA_FAULT_FILE");
    int fd = path == NULL ? -1 : open(path, O_RDWR | O_CLOEXEC);

    real = getenv("SAWA_FUSE_REAL");
    if (fd < 0 || real == NULL)
        return 64;
    control = mmap(NULL, sizeof *control, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
    if (control == MAP_FAILED)
        return 71;
    umask(0);
    return fuse_main(argc, argv, &operations, NULL);
}
