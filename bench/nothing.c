/* The least that starting any program costs: returns 0. */
int main(void) { return 0; }
