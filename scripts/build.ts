/** `npm run build`: the package as it is published (`dist/`), and the SDK as a package of its own beside it. */
import { execFileSync } from 'node:child_process'
import { cpSync, globSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { packSdk } from './pack-sdk.ts'

const root = fileURLToPath(new URL('..', import.meta.url))
rmSync(join(root, 'dist'), { recursive: true, force: true })
execFileSync(process.execPath, [join(root, 'node_modules/typescript/bin/tsc'), '-p', 'tsconfig.build.json'], {
  cwd: root,
  stdio: 'inherit',
})
// Whatever the program reads beside its modules.
for (const file of globSync('src/**/*.{sql,json}', { cwd: root }))
  cpSync(join(root, file), join(root, file.replace(/^src/u, 'dist')))
console.log(packSdk(join(root, 'dist')))
