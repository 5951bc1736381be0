import { QueryClientProvider } from '@tanstack/react-query'
import { StrictMode } from 'react'
import { createRoot } from 'react-dom/client'
import { App } from './app.tsx'
import { applyTheme } from './bar/theme.ts'
import { queries } from './server/queries.ts'
import { ErrorBoundary } from './ui/error-boundary.tsx'
import './styles/base.css'
import './styles/controls.css'
import './styles/bar.css'
import './styles/stage.css'
import './styles/stage-words.css'
import './styles/compare-grid.css'
import './styles/welcome.css'
import './styles/dock.css'
import './styles/filmstrip.css'
import './styles/drawer.css'
import './styles/pages.css'

applyTheme()
const root = document.querySelector('#root')
if (root === null) throw new Error('the page has no #root')
createRoot(root).render(
  <StrictMode>
    <QueryClientProvider client={queries}>
      <ErrorBoundary place="app">
        <App />
      </ErrorBoundary>
    </QueryClientProvider>
  </StrictMode>,
)
