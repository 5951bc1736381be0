import { ToggleGroup } from 'radix-ui'

type LanguageTabsProps<Name extends string> = {
  languages: readonly Name[]
  value: Name
  onChange: (language: Name) => void
}

export function LanguageTabs<Name extends string>({ languages, value, onChange }: LanguageTabsProps<Name>) {
  return (
    <ToggleGroup.Root
      type="single"
      className="modes"
      aria-label="Language"
      value={value}
      onValueChange={(name) => name !== '' && onChange(name as Name)}
    >
      {languages.map((name) => (
        <ToggleGroup.Item key={name} value={name}>
          {name}
        </ToggleGroup.Item>
      ))}
    </ToggleGroup.Root>
  )
}
