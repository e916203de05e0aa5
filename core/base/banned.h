/* Include last in a .c file's includes: functions that no file of ours may use. */
#ifndef HS_BASE_BANNED_H
#define HS_BASE_BANNED_H
#pragma GCC poison strcpy strcat sprintf vsprintf strtok atoi atol gets
#endif
