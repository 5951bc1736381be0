import { dismiss, useStudio } from '../store/studio.ts'
import { Button, IconButton } from './button.tsx'

/** What has just happened, with its way back or out. The live region of the page reads them. */
export function Notices() {
  const notices = useStudio((state) => state.notices)
  if (notices.length === 0) return null
  return (
    <aside aria-label="Messages">
      <ul className="notices">
        {notices.map(({ id, kind, text, action }) => (
          <li key={id} className={kind} role={kind === 'fault' ? 'alert' : undefined}>
            <span>{text}</span>
            {action !== null && (
              <Button
                onClick={() => {
                  action.run()
                  dismiss(id)
                }}
              >
                {action.label}
              </Button>
            )}
            <IconButton label="Close the message" icon="close" onClick={() => dismiss(id)} />
          </li>
        ))}
      </ul>
    </aside>
  )
}
