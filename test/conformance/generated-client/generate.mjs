/** `node generate.mjs document.json folder`: a fetch client with zod validators of requests and answers. */
import { createClient } from '@hey-api/openapi-ts'

const [input, path] = process.argv.slice(2)
await createClient({
  input,
  output: { path, module: { extension: '.ts' } },
  logs: { level: 'silent' },
  plugins: ['@hey-api/client-fetch', { name: '@hey-api/sdk', validator: true }, 'zod'],
})
