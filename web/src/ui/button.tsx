import type { ComponentProps } from 'react'
import type { Action } from '../actions/registry.ts'
import { shortcutText } from '../actions/shortcuts.ts'
import { Icon } from './icon.tsx'
import type { IconName } from './icon.tsx'

type ButtonProps = ComponentProps<'button'> & { kind?: 'plain' | 'primary' | 'quiet' }

export function Button({ kind = 'plain', className = '', type = 'button', ...rest }: ButtonProps) {
  return <button type={type} className={`button ${kind} ${className}`} {...rest} />
}

type IconButtonProps = Omit<ButtonProps, 'children'> & { label: string; icon: IconName }

/** A picture for a button; its words are in the label and in the hint. */
export function IconButton({ label, icon, kind = 'quiet', title, ...rest }: IconButtonProps) {
  return (
    <Button kind={kind} className="icon" aria-label={label} title={title ?? label} {...rest}>
      <Icon name={icon} />
    </Button>
  )
}

/** A button for an entry of the registry. It must be rendered again when what enables it changes. */
export function ActionButton({
  action,
  icon,
  ...rest
}: { action: Action; icon: IconName } & Partial<IconButtonProps>) {
  const hint = action.shortcut === null ? action.label : `${action.label} (${shortcutText(action.shortcut)})`
  return (
    <IconButton
      label={action.label}
      icon={icon}
      title={hint}
      disabled={!action.enabled()}
      onClick={action.run}
      {...rest}
    />
  )
}
