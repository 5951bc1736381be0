/** The guide's code for webhooks: how to ask for one, and how to know that it is genuine. */
import type { Language } from '../request/code.ts'

/** Submits with an address. Goes on from the pieces before it. */
export function webhookSubmitCode(language: Language, baseUrl: string): string {
  return SUBMITS[language](baseUrl)
}

/** What the receiver does with a message. */
export function webhookVerifyCode(language: Language, baseUrl: string): string {
  return VERIFIES[language](baseUrl)
}

type Code = (baseUrl: string) => string

const SUBMITS: Readonly<Record<Language, Code>> = {
  cURL: (baseUrl) => `curl ${baseUrl}/generate/image/google/nano-banana-pro \\
  -H "Authorization: Bearer $AFTERIMAGE_API_KEY" \\
  -H "Content-Type: application/json" \\
  -H "X-Webhook-URL: https://example.com/hook" \\
  -d '{"prompt": "make it a pencil sketch", "image_urls": ["'"$IMAGE_URL"'"]}'`,
  TypeScript: () => `await client.image(
  'google/nano-banana-pro',
  { prompt: 'make it a pencil sketch', image_urls: [picture] },
  { webhookUrl: 'https://example.com/hook' },
)`,
  Python: () => `requests.post(
    f"{BASE_URL}/generate/image/google/nano-banana-pro",
    headers={**HEADERS, "X-Webhook-URL": "https://example.com/hook"},
    json={"prompt": "make it a pencil sketch", "image_urls": [picture]},
    timeout=60,
).raise_for_status()`,
  Go: () => `// In call, before the request is sent:
request.Header.Set("X-Webhook-URL", "https://example.com/hook")`,
}

const VERIFIES: Readonly<Record<Language, Code>> = {
  cURL: (baseUrl) => `# The secret of your key, which signs
curl ${baseUrl}/keys/current/webhook-secret -H "Authorization: Bearer $AFTERIMAGE_API_KEY"

# A receiver to try it with: give its url as X-Webhook-URL, then read what came
curl -X POST ${baseUrl}/webhooks/sink -H "Authorization: Bearer $AFTERIMAGE_API_KEY"`,
  TypeScript: () => `import { verifyWebhook } from '@afterimage/sdk'

// request: what your server received; secret: of your key, it begins with whsec_
const job = await verifyWebhook(await request.text(), request.headers, secret)
console.log(job.status, job.result.urls)`,
  Python: () => `# pip install standardwebhooks
from standardwebhooks import Webhook

# body: the bytes as they came; secret: of your key, it begins with whsec_
job = Webhook(secret).verify(body, headers)
print(job["status"], job["result"])`,
  Go: () => `// go get github.com/standard-webhooks/standard-webhooks/libraries
// import standardwebhooks "github.com/standard-webhooks/standard-webhooks/libraries/go"
hook, err := standardwebhooks.NewWebhook(secret)
if err == nil {
	err = hook.Verify(body, request.Header)
}
if err != nil {
	http.Error(response, "not genuine", http.StatusBadRequest)
	return
}`,
}
