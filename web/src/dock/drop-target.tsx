import { useLayoutEffect, useState } from 'react'
import { addAddress, addFiles } from '../actions/add-pictures.ts'

/** The whole page takes pictures: dropped or pasted, as files or as addresses. */
export function DropTarget() {
  const [isOver, setIsOver] = useState(false)
  // Whoever sees the page may drop: the listeners are there before it is painted.
  useLayoutEffect(() => {
    const stop = new AbortController()
    const { signal } = stop
    const onOver = (event: DragEvent): void => {
      if (!holdsPictures(event.dataTransfer)) return
      event.preventDefault()
      setIsOver(true)
    }
    const onDrop = (event: DragEvent): void => {
      setIsOver(false)
      if (!holdsPictures(event.dataTransfer)) return
      event.preventDefault()
      take(event.dataTransfer)
    }
    const onPaste = (event: ClipboardEvent): void => {
      const files = [...(event.clipboardData?.files ?? [])]
      const text = event.clipboardData?.getData('text/plain').trim() ?? ''
      const isTyping = event.target instanceof Element && event.target.closest('input, textarea') !== null
      // Text that is pasted into a field belongs to the field.
      if (files.length > 0) event.preventDefault()
      if (files.length > 0) void addFiles(files)
      else if (!isTyping && /^(?:https?:\/\/|data:image\/)/iu.test(text)) void addAddress(text)
    }
    addEventListener('dragover', onOver, { signal })
    addEventListener('dragleave', (event) => event.relatedTarget === null && setIsOver(false), { signal })
    addEventListener('drop', onDrop, { signal })
    addEventListener('paste', onPaste, { signal })
    return () => stop.abort()
  }, [])
  return isOver ? <div className="drop-over">Drop to use these pictures</div> : null
}

function holdsPictures(data: DataTransfer | null): data is DataTransfer {
  if (data === null || data.types.includes('text/x-afterimage-reference')) return false
  return data.types.includes('Files') || data.types.includes('text/uri-list')
}

function take(data: DataTransfer): void {
  const files = [...data.files]
  const address = data.getData('text/uri-list').split('\n', 1)[0] ?? ''
  if (files.length > 0) void addFiles(files)
  else if (address !== '') void addAddress(address)
}
