import type { Language } from '../request/code.ts'
import { CodeBlock } from '../ui/code-block.tsx'
import { webhookSubmitCode, webhookVerifyCode } from './guide-webhook-code.ts'

/** The last part of the guide: to be told instead of asking. */
export function GuideWebhooks({ language, baseUrl }: { language: Language; baseUrl: string }) {
  return (
    <>
      <h2>Without asking: webhooks</h2>
      <p>
        Send the header <code>X-Webhook-URL</code> with the job, and the server posts the finished job to that
        address: the same JSON as above, once it is completed, failed or cancelled.
      </p>
      <CodeBlock code={webhookSubmitCode(language, baseUrl)} language={language} />
      <p>
        Answer any 2xx within 15 seconds; else it comes again after 5 s, 5 min, 30 min, 2 h, 5 h and 10 h.
        Each message is signed after the Standard Webhooks rules with a secret of your key. Check it before
        you believe it, and skip a <code>webhook-id</code> that you have seen.
      </p>
      <CodeBlock code={webhookVerifyCode(language, baseUrl)} language={language} />
      <p>
        The page <a href="#/deliveries">Deliveries</a> shows each attempt with both sides of the conversation,
        and sends it once more when you ask for it. In the Studio, Settings takes a webhook too, and lends you
        a receiver to try it with.
      </p>
    </>
  )
}
