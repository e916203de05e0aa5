#include "net/net.h"
#include "base/banned.h"

void hs_answer_clear(struct hs_answer *answer)
{
    if (!answer)
        return;
    hub_text_clear(&answer->text);
    hub_pool_clear(&answer->pool);
    *answer = (struct hs_answer){.retry_after_ms = -1};
}
