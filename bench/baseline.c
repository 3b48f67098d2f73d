/* The least that any answer from a cache costs: reads a file, prints it, returns 0. */
#include <fcntl.h>
#include <unistd.h>

int main(int count, char **words) {
    char bytes[65536];
    if (count != 2) return 2;
    int file = open(words[1], O_RDONLY | O_CLOEXEC);
    if (file < 0) return 1;
    ssize_t length = read(file, bytes, sizeof bytes);
    close(file);
    return length < 0 || write(1, bytes, (size_t)length) != length;
}
