import mark from './mark.svg'

/** The name of the page, where there is no bar that says it. */
export function Title({ id }: { id?: string }) {
  return (
    <h1 className="title" id={id}>
      <img src={mark} alt="" width="32" height="32" />
      Afterimage Studio
    </h1>
  )
}
