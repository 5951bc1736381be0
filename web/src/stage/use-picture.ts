import { useEffect, useState } from 'react'
import type { Picture } from './picture.ts'
import { closePicture, loadPicture } from './picture.ts'

type Loaded = { url: string | null; picture: Picture | null; fault: string | null }
const NOTHING: Loaded = { url: null, picture: null, fault: null }

/** Loads a picture for the stage; the memory of the last one is given back. */
export function usePicture(url: string | null): Omit<Loaded, 'url'> {
  const [loaded, setLoaded] = useState<Loaded>(NOTHING)
  useEffect(() => {
    if (url === null) return setLoaded(NOTHING)
    const controller = new AbortController()
    const loading = loadPicture(url, controller.signal)
    loading.then(
      (picture) => !controller.signal.aborted && setLoaded({ url, picture, fault: null }),
      (error: unknown) => {
        if (!controller.signal.aborted) setLoaded({ url, picture: null, fault: messageOf(error) })
      },
    )
    return () => {
      controller.abort()
      // Painted once more before React takes it down; freed right after.
      setTimeout(() => void loading.then(closePicture, () => undefined))
    }
  }, [url])
  return loaded.url === url ? loaded : NOTHING
}

function messageOf(error: unknown): string {
  if (error instanceof TypeError) return 'The picture cannot be loaded: the server does not answer.'
  return error instanceof Error ? error.message : 'The picture cannot be loaded.'
}
