/** What stands at `/` when the page was not built: the API works all the same, and one command mends it. */
export function explainMissingStudio(): string {
  return `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>Afterimage</title>
<h1>The server runs, its page is not built</h1>
<p>Build it with <code>npm ci</code>, or with <code>npm run build:studio</code> after a change, and load this page again.
The build needs the development packages and Node 22 or newer; <code>npm ci --omit=dev</code> leaves it out.</p>
<p>The API works without the page: <a href="/openapi.json">/openapi.json</a> describes it.</p>
</html>
`
}
