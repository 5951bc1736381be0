import { useState } from 'react'
import { LANGUAGES } from '../request/code.ts'
import type { Language } from '../request/code.ts'
import { faultText } from '../server/faults.ts'
import type { ModelCard } from '../server/models.ts'
import { useModels, useSession } from '../server/queries.ts'
import { CodeBlock } from '../ui/code-block.tsx'
import { LanguageTabs } from '../ui/language-tabs.tsx'
import { pollCode, sourceCode, submitCode } from './guide-code.ts'
import { COMPLETED_ANSWER, SUBMIT_ANSWER } from './guide-answers.ts'
import { GuideWebhooks } from './guide-webhooks.tsx'
import { Card } from './models.tsx'
import { TryIt } from './try-it.tsx'

/** The first needs no key; the others are those of the guide. */
const GUIDE_MODELS = [
  'afterimage/edit',
  'bfl/flux-1-dev',
  'google/nano-banana-pro',
  'bytedance/seedream-4',
  'openai/gpt-image-2',
]

/** From a picture to another one in three steps, with this server's address in every line. */
export function GuidesPage() {
  const models = useModels()
  return (
    <main id="main" className="page guide" tabIndex={-1} aria-busy={models.isPending}>
      <h1>Image to image</h1>
      <p>
        Give a model a picture and an instruction, and get a picture back: another style, a product in another
        place, more detail, a variation. Every model here is used the same way.
      </p>
      <TryIt />
      {/* Not before the models are there: their cards would push away what one has begun to read. */}
      {models.isError && <p className="fault">{faultText(models.error)}</p>}
      {!models.isPending && <Steps models={models.data ?? []} />}
    </main>
  )
}

function Steps({ models }: { models: readonly ModelCard[] }) {
  const [language, setLanguage] = useState<Language>('TypeScript')
  const baseUrl = useSession().data?.base_url ?? ''
  const chosen = GUIDE_MODELS.flatMap((id) => models.find((model) => model.id === id) ?? [])
  return (
    <>
      {chosen.length > 0 && (
        <>
          <h2>Models to begin with</h2>
          <ul className="cards">
            {chosen.map((model) => (
              <Card key={model.id} model={model} />
            ))}
          </ul>
        </>
      )}
      <div className="sticky">
        <LanguageTabs languages={LANGUAGES} value={language} onChange={setLanguage} />
      </div>
      <h2>1. Give the picture</h2>
      <p>
        Send the bytes as base64, or name a public address and let the server fetch it. A file that you use
        more than once is better uploaded once: <code>POST /assets</code> answers its <code>image_url</code>.
      </p>
      <CodeBlock code={sourceCode(language, baseUrl)} language={language} />
      <p className="hint">
        The programs read your key from <code>AFTERIMAGE_API_KEY</code>. The page <a href="#/keys">Keys</a>{' '}
        makes one, or <code>npx afterimage keys create</code> on the machine of the server; it is shown once.
      </p>
      <h2>2. Start the job</h2>
      <p>
        A <code>POST</code> to the path of the model answers at once with the id of a job. From that moment
        the job is on disk: a crash or a restart does not lose it.
      </p>
      <CodeBlock code={submitCode(language, baseUrl)} language={language} />
      <h3>Answer</h3>
      <CodeBlock code={JSON.stringify(SUBMIT_ANSWER, null, 2)} language="JSON" />
      <h2>3. Wait for the result</h2>
      <p>
        Ask for <code>/jobs/JOB_ID</code> about every two seconds until the status is <code>completed</code>,{' '}
        <code>failed</code> or <code>cancelled</code>. The addresses in <code>result.urls</code> are public to
        whoever knows them and do not change.
      </p>
      <CodeBlock code={pollCode(language, baseUrl)} language={language} />
      <h3>Answer</h3>
      <CodeBlock code={JSON.stringify(completedAnswer(baseUrl), null, 2)} language="JSON" />
      <GuideWebhooks language={language} baseUrl={baseUrl} />
    </>
  )
}

function completedAnswer(baseUrl: string) {
  return { ...COMPLETED_ANSWER, result: { urls: COMPLETED_ANSWER.result.urls.map((path) => baseUrl + path) } }
}
