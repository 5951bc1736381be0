/** Signing in and out. The session is a matter between this page and its server, so it is not in the SDK. */
import { BASE_URL } from './client.ts'

export type Session = {
  /** Null when nobody is signed in. */
  account: string | null
  version: string
  base_url: string
  limits: { max_input_bytes: number; max_input_pixels: number }
}

export class SignInError extends Error {
  override readonly name = 'SignInError'
}

export function loadSession(): Promise<Session> {
  return call('GET')
}

/** @throws SignInError with the server's own sentence */
export function signIn(credentials: { key: string } | { link: string }): Promise<Session> {
  return call('POST', credentials)
}

export function signOut(): Promise<Session> {
  return call('DELETE')
}

/** The link in the address is taken out of it before anything else, so that it stays in no history. */
export function takeSignInLink(): string | null {
  const url = new URL(location.href)
  const link = url.searchParams.get('signin')
  if (link === null) return null
  url.searchParams.delete('signin')
  history.replaceState(null, '', url.pathname + url.search + url.hash)
  return link
}

async function call(method: 'GET' | 'POST' | 'DELETE', body?: unknown): Promise<Session> {
  const answer = await fetch(`${BASE_URL}/session`, {
    method,
    ...(body === undefined
      ? {}
      : { body: JSON.stringify(body), headers: { 'content-type': 'application/json' } }),
  })
  const json = (await answer.json()) as Session & { message?: string }
  if (!answer.ok) throw new SignInError(json.message ?? 'The server refused without a reason.')
  return json
}
