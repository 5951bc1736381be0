import { useState } from 'react'
import { krea } from '../server/client.ts'
import { faultText } from '../server/faults.ts'
import { notify, studio, useStudio } from '../store/studio.ts'
import { Button } from '../ui/button.tsx'

/** Where the finished job is posted: an address of one's own, or a receiver that this server lends. */
export function WebhookField() {
  const url = useStudio((state) => state.webhookUrl)
  const [isBusy, setIsBusy] = useState(false)
  const lend = async (): Promise<void> => {
    setIsBusy(true)
    try {
      studio.set({ webhookUrl: (await krea.webhooks.createSink()).url })
    } catch (error) {
      notify({ kind: 'fault', text: faultText(error) })
    } finally {
      setIsBusy(false)
    }
  }
  return (
    <div className="field" data-set={url !== ''}>
      <div className="field-head">
        <label htmlFor="field-webhook">Webhook</label>
        {url !== '' && (
          <button
            type="button"
            className="reset"
            aria-label="Webhook: back to none"
            onClick={() => studio.set({ webhookUrl: '' })}
          >
            reset
          </button>
        )}
      </div>
      <input
        id="field-webhook"
        aria-describedby="hint-webhook"
        type="url"
        inputMode="url"
        placeholder="none"
        value={url}
        onChange={({ target }) => studio.set({ webhookUrl: target.value })}
      />
      <p className="hint" id="hint-webhook">
        The finished job is posted to this address, signed; Trace shows what was sent and what came back.
      </p>
      <Button disabled={isBusy} onClick={() => void lend()}>
        Use a test receiver of this server
      </Button>
    </div>
  )
}
