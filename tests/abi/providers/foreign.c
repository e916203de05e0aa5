/* A library that knows nothing of hubsync. */
__attribute__((visibility("default"))) int foreign_answer = 42;
