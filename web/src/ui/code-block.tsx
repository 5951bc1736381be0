import { useEffect, useState } from 'react'
import { announce, notify } from '../store/studio.ts'
import { Button } from './button.tsx'
import type { Token } from './highlight.ts'

/** Code with its colours, which come after the text and only when code is looked at. */
export function CodeBlock({ code, language }: { code: string; language: string }) {
  const [coloured, setColoured] = useState<{ code: string; lines: Token[][] } | null>(null)
  useEffect(() => {
    let isWanted = true
    const colour = async (): Promise<void> => {
      const { highlight } = await import('./highlight.ts')
      if (isWanted) setColoured({ code, lines: highlight(code, language) })
    }
    // Without the colours the text is there all the same.
    colour().catch(() => undefined)
    return () => {
      isWanted = false
    }
  }, [code, language])
  const lines = coloured?.code === code ? coloured.lines : null
  return (
    <div className="code-block">
      <header>
        <span className="hint">{language}</span>
        <Button kind="quiet" onClick={() => void copy(code)}>
          Copy
        </Button>
      </header>
      <pre tabIndex={0} aria-label={`${language} code`}>
        <code>{lines === null ? code : lines.map((tokens, at) => <Line key={at} tokens={tokens} />)}</code>
      </pre>
    </div>
  )
}

function Line({ tokens }: { tokens: readonly Token[] }) {
  return (
    <>
      {tokens.map(({ kind, text }, at) => (
        <span key={at} className={`t-${kind}`}>
          {text}
        </span>
      ))}
      {'\n'}
    </>
  )
}

/** Pages that are not on loopback or HTTPS have no clipboard. */
async function copy(code: string): Promise<void> {
  try {
    await navigator.clipboard.writeText(code)
    announce('Copied.')
    notify({ text: 'Copied.' })
  } catch {
    notify({ kind: 'fault', text: 'The browser does not allow copying here; select the text instead.' })
  }
}
