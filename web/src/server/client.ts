/** The one client of the page. The browser adds the session cookie by itself; no key is ever in this page's hands. */
import { Krea } from '../../../src/sdk/index.ts'

/** Also right under a path of a proxy: the API stands beside the page. */
export const BASE_URL = `${location.origin}${location.pathname.replace(/\/[^/]*$/u, '')}`

export const krea = new Krea({ baseUrl: BASE_URL, apiKey: '' })
