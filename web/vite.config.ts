/** Builds the Studio into dist/studio; `npm run build:studio` calls it through scripts/build-studio.ts. */
import react from '@vitejs/plugin-react'
import { fileURLToPath } from 'node:url'
import type { UserConfig } from 'vite'

const config: UserConfig = {
  root: fileURLToPath(new URL('.', import.meta.url)),
  // Relative, so that the page also works under a path of a proxy.
  base: './',
  plugins: [react()],
  build: {
    outDir: fileURLToPath(new URL('../dist/studio', import.meta.url)),
    assetsDir: 'studio',
    emptyOutDir: true,
    target: 'es2022',
    // Inlined files would be data URIs, which the policy of the page allows for pictures only.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    sourcemap: false,
  },
  worker: { format: 'es' },
}

// Vite looks for a default export.
// oxlint-disable-next-line import/no-default-export
export default config
