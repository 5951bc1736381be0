import { useState } from 'react'
import { codeFor, LANGUAGES } from '../request/code.ts'
import type { Language } from '../request/code.ts'
import { useComposed } from '../request/use-composed.ts'
import { useSession } from '../server/queries.ts'
import { isEmptyMask } from '../stage/mask/strokes.ts'
import { useStudio } from '../store/studio.ts'
import { CodeBlock } from '../ui/code-block.tsx'
import { LanguageTabs } from '../ui/language-tabs.tsx'

/** Exactly the request that Run would send, as a program that works when pasted. */
export function CodePanel() {
  const [language, setLanguage] = useState<Language>('cURL')
  const composed = useComposed()
  const session = useSession()
  const webhookUrl = useStudio((state) => state.webhookUrl.trim())
  const hasMask = useStudio((state) => !isEmptyMask(state.strokes))
  if (composed === null || session.data === undefined) return <p className="hint">Loading…</p>
  const code = codeFor(language, { ...composed, baseUrl: session.data.base_url, webhookUrl })
  return (
    <div className="code-panel">
      <LanguageTabs languages={LANGUAGES} value={language} onChange={setLanguage} />
      {composed.missing[0] !== undefined && (
        <p className="hint">{composed.missing[0].text}; then this is complete.</p>
      )}
      {hasMask && (
        <p className="hint">
          The painted mask is uploaded when you run; its address then stands in afterimage.mask_url.
        </p>
      )}
      <CodeBlock code={code} language={language} />
      {language === 'TypeScript' && (
        <p className="hint">
          The SDK is not on npm: <code>npm run pack:sdk</code> in the folder of the server makes the file that{' '}
          <code>npm install</code> takes.
        </p>
      )}
      <p className="hint">
        Put an API key into AFTERIMAGE_API_KEY: <a href="#/keys">Keys</a> makes one, and so does{' '}
        <code>npx afterimage keys create</code>.
      </p>
    </div>
  )
}
