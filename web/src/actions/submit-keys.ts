/** Idempotency keys of submits: a request whose answer was lost is sent again under the key that it had. */
export type SubmitKeys = {
  /** The key of this request: a new one, unless the same request is still without an answer. */
  keyFor: (request: unknown) => string
  /** The server has answered, with a job or a refusal: the next request is another one, even if it is equal. */
  settle: () => void
}

export function createSubmitKeys(): SubmitKeys {
  let open: { text: string; key: string } | null = null
  return {
    keyFor: (request) => {
      const text = JSON.stringify(request)
      if (open?.text !== text) open = { text, key: crypto.randomUUID() }
      return open.key
    },
    settle: () => {
      open = null
    },
  }
}
