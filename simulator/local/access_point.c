/* A folder as an EFS access point shows it: whoever calls, the file system acts as UID:GID (the access point's
 * posixUser) and shows files with their real owner. FUSE checks nothing itself; the kernel below does, as UID.
 *
 * gcc -O2 -o access_point access_point.c $(pkg-config --cflags --libs fuse3)
 * access_point FOLDER MOUNTPOINT UID GID [MICROSECONDS [stays]]   (in the foreground; MICROSECONDS are added to each call; with
 * `stays` it outlives whoever started it)
 */
#define FUSE_USE_VERSION 31
#define _GNU_SOURCE
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <fuse.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/prctl.h>
#include <signal.h>
#include <sys/fsuid.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <time.h>
#include <unistd.h>

static int top;
static uid_t uid;
static gid_t gid;
static long latency;

static const char *under(const char *path) { /* also puts on the access point's identity */
    setfsgid(gid);
    setfsuid(uid);
    if (latency) {
        struct timespec pause = {0, latency * 1000};
        nanosleep(&pause, NULL);
    }
    return path[1] ? path + 1 : ".";
}
#define DONE(call) return (call) == -1 ? -errno : 0

static int ap_getattr(const char *path, struct stat *st, struct fuse_file_info *fi) {
    const char *p = under(path);
    if (fi) DONE(fstat((int)fi->fh, st));
    DONE(fstatat(top, p, st, AT_SYMLINK_NOFOLLOW));
}
static int ap_access(const char *path, int mode) {
    const char *p = under(path);
    /* faccessat asks for the real uid; AT_EACCESS for the file system's */
    DONE(faccessat(top, p, mode, AT_EACCESS));
}
static int ap_readlink(const char *path, char *buffer, size_t size) {
    ssize_t got = readlinkat(top, under(path), buffer, size - 1);
    if (got == -1) return -errno;
    buffer[got] = 0;
    return 0;
}
static int ap_readdir(const char *path, void *buffer, fuse_fill_dir_t fill, off_t offset, struct fuse_file_info *fi,
                      enum fuse_readdir_flags flags) {
    (void)offset, (void)fi, (void)flags;
    int fd = openat(top, under(path), O_RDONLY | O_DIRECTORY);
    DIR *folder = fd == -1 ? NULL : fdopendir(fd);
    if (!folder) return -errno;
    for (struct dirent *entry; (entry = readdir(folder));) fill(buffer, entry->d_name, NULL, 0, 0);
    closedir(folder);
    return 0;
}
static int ap_mkdir(const char *path, mode_t mode) { DONE(mkdirat(top, under(path), mode)); }
static int ap_unlink(const char *path) { DONE(unlinkat(top, under(path), 0)); }
static int ap_rmdir(const char *path) { DONE(unlinkat(top, under(path), AT_REMOVEDIR)); }
static int ap_symlink(const char *to, const char *path) { DONE(symlinkat(to, top, under(path))); }
static int ap_rename(const char *from, const char *to, unsigned flags) {
    under(from);
    DONE(renameat2(top, from + 1, top, to + 1, flags));
}
static int ap_link(const char *from, const char *to) {
    under(from);
    DONE(linkat(top, from + 1, top, to + 1, 0));
}
static int ap_chmod(const char *path, mode_t mode, struct fuse_file_info *fi) {
    (void)fi;
    /* fchmodat follows the process's capabilities, not the fsuid's owner check alone */
    struct stat st;
    const char *p = under(path);
    if (fstatat(top, p, &st, AT_SYMLINK_NOFOLLOW) == -1) return -errno;
    DONE(fchmodat(top, p, mode, 0));
}
static int ap_chown(const char *path, uid_t u, gid_t g, struct fuse_file_info *fi) {
    (void)fi;
    DONE(fchownat(top, under(path), u, g, AT_SYMLINK_NOFOLLOW));
}
static int ap_truncate(const char *path, off_t size, struct fuse_file_info *fi) {
    const char *p = under(path);
    if (fi) DONE(ftruncate((int)fi->fh, size));
    int fd = openat(top, p, O_WRONLY);
    if (fd == -1) return -errno;
    int failed = ftruncate(fd, size) == -1 ? -errno : 0;
    close(fd);
    return failed;
}
static int ap_utimens(const char *path, const struct timespec times[2], struct fuse_file_info *fi) {
    (void)fi;
    DONE(utimensat(top, under(path), times, AT_SYMLINK_NOFOLLOW));
}
static int ap_open(const char *path, struct fuse_file_info *fi) {
    int fd = openat(top, under(path), fi->flags & ~O_NOFOLLOW);
    if (fd == -1) return -errno;
    fi->fh = (unsigned long)fd;
    return 0;
}
static int ap_create(const char *path, mode_t mode, struct fuse_file_info *fi) {
    int fd = openat(top, under(path), fi->flags, mode);
    if (fd == -1) return -errno;
    fi->fh = (unsigned long)fd;
    return 0;
}
static int ap_read(const char *path, char *buffer, size_t size, off_t offset, struct fuse_file_info *fi) {
    (void)path;
    ssize_t got = pread((int)fi->fh, buffer, size, offset);
    return got == -1 ? -errno : (int)got;
}
static int ap_write(const char *path, const char *buffer, size_t size, off_t offset, struct fuse_file_info *fi) {
    under(path);
    ssize_t put = pwrite((int)fi->fh, buffer, size, offset);
    return put == -1 ? -errno : (int)put;
}
static int ap_release(const char *path, struct fuse_file_info *fi) {
    (void)path;
    close((int)fi->fh);
    return 0;
}
static int ap_fsync(const char *path, int data, struct fuse_file_info *fi) {
    (void)path;
    DONE(data ? fdatasync((int)fi->fh) : fsync((int)fi->fh));
}
static int ap_flock(const char *path, struct fuse_file_info *fi, int operation) {
    (void)path;
    DONE(flock((int)fi->fh, operation));
}
static int ap_statfs(const char *path, struct statvfs *st) {
    (void)path;
    DONE(fstatvfs(top, st));
}
static void *ap_init(struct fuse_conn_info *connection, struct fuse_config *config) {
    (void)connection;
    config->use_ino = 1;
    /* another client's changes show within a second here, within a minute on NFS */
    config->attr_timeout = config->entry_timeout = 1;
    umask(0); /* the caller's umask is in the mode already */
    return NULL;
}
static const struct fuse_operations operations = {
    .init = ap_init, .getattr = ap_getattr, .access = ap_access, .readlink = ap_readlink, .readdir = ap_readdir,
    .mkdir = ap_mkdir, .unlink = ap_unlink, .rmdir = ap_rmdir, .symlink = ap_symlink, .rename = ap_rename,
    .link = ap_link, .chmod = ap_chmod, .chown = ap_chown, .truncate = ap_truncate, .utimens = ap_utimens,
    .open = ap_open, .create = ap_create, .read = ap_read, .write = ap_write, .release = ap_release,
    .fsync = ap_fsync, .flock = ap_flock, .statfs = ap_statfs,
};

int main(int count, char **arguments) {
    if (count < 7) { /* a killed run of the tests leaves no mount */
        prctl(PR_SET_PDEATHSIG, SIGTERM);
    }
    if (count < 5) {
        fprintf(stderr, "usage: %s FOLDER MOUNTPOINT UID GID [MICROSECONDS [stays]]\n", arguments[0]);
        return 2;
    }
    uid = (uid_t)atol(arguments[3]);
    gid = (gid_t)atol(arguments[4]);
    latency = count > 5 ? atol(arguments[5]) : 0;
    if ((top = open(arguments[1], O_RDONLY | O_DIRECTORY)) == -1) {
        perror(arguments[1]);
        return 1;
    }
    char *fuse[] = {arguments[0], "-f", "-o", "allow_other,fsname=efs", arguments[2]};
    return fuse_main(5, fuse, &operations, NULL);
}
