import { DeliveryList } from './delivery-list.tsx'

/** Every webhook that was sent or is waiting, with both sides of the conversation. */
export function DeliveriesPage() {
  return (
    <main id="main" className="page" tabIndex={-1}>
      <h1>Deliveries</h1>
      <p className="hint">
        A job that was started with the header X-Webhook-URL is posted to that address when it ends, signed,
        and again until the address answers with a 2xx.
      </p>
      <DeliveryList jobId={null} />
    </main>
  )
}
