/** For supervisors and load balancers: is the process up, and can it do its work? */
import type { FastifyInstance } from 'fastify'
import type { HttpContext } from './context.ts'

export function registerHealth(app: FastifyInstance, { checkReadiness, version }: HttpContext): void {
  app.get('/healthz', async () => ({ status: 'ok', version }))
  app.get('/readyz', async () => {
    const { fault, isDiskLow } = await checkReadiness()
    if (fault !== null) throw fault
    return { status: 'ready', version, disk: isDiskLow ? 'low' : 'ok' }
  })
}
