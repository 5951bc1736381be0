import { actionNamed } from '../actions/registry.ts'
import mark from '../ui/mark.svg'
import { addressOf, navigate } from '../store/router.ts'
import type { Route } from '../store/router.ts'
import { studio, useStudio } from '../store/studio.ts'
import { IconButton } from '../ui/button.tsx'
import { AccountMenu } from './account-menu.tsx'
import { ModelPicker } from './model-picker.tsx'
import { useTheme } from './theme.ts'

/** `isRoomy`: only where there is room for it; the menu of the account has it too. */
const LINKS: readonly { label: string; route: Route; isRoomy?: boolean }[] = [
  { label: 'Studio', route: { page: 'studio', jobId: null } },
  { label: 'Models', route: { page: 'models' } },
  { label: 'Guides', route: { page: 'guides' } },
  { label: 'Deliveries', route: { page: 'deliveries' }, isRoomy: true },
  { label: 'Usage', route: { page: 'usage' }, isRoomy: true },
  { label: 'Keys', route: { page: 'keys' }, isRoomy: true },
  { label: 'API', route: { page: 'reference' } },
]

export function TopBar({ route, account }: { route: Route; account: string }) {
  const [theme, toggleTheme] = useTheme()
  const lastJobId = useStudio((state) => state.lastJobId)
  // From another page one goes back to what was on the stage; on the Studio itself the link leads to the request.
  const studioRoute: Route = { page: 'studio', jobId: route.page === 'studio' ? null : lastJobId }
  return (
    <header className="bar">
      <a className="brand" href="#/" aria-label="Afterimage, start over" onClick={beginAgain}>
        <img src={mark} alt="" width="24" height="24" />
        <span>Afterimage</span>
      </a>
      {route.page === 'studio' && <ModelPicker />}
      <nav aria-label="Pages">
        {LINKS.map(({ label, route: linked, isRoomy }) => ({
          label,
          isRoomy,
          target: linked.page === 'studio' ? studioRoute : linked,
        })).map(({ label, target, isRoomy }) => (
          <a
            key={label}
            className={isRoomy === true ? 'roomy' : undefined}
            href={addressOf(target)}
            aria-current={target.page === route.page ? 'page' : undefined}
            onClick={(event) => {
              event.preventDefault()
              navigate(target)
            }}
          >
            {label}
          </a>
        ))}
      </nav>
      <div className="end">
        <IconButton
          label="Keyboard shortcuts"
          icon="help"
          className="button icon quiet wide-only"
          onClick={() => studio.set({ isHelpOpen: true })}
        />
        <IconButton
          label={theme === 'dark' ? 'Light colours' : 'Dark colours'}
          icon={theme === 'dark' ? 'sun' : 'moon'}
          onClick={toggleTheme}
        />
        <AccountMenu account={account} />
      </div>
    </header>
  )
}

function beginAgain(event: React.MouseEvent): void {
  event.preventDefault()
  actionNamed('new').run()
}
