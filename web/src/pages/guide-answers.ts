/** Answers as the server gives them; the ids are examples. */
const JOB = {
  job_id: '6e3d1c54-9f0b-4c2e-8a67-2b7d5f1a9c30',
  type: 'externalImage',
  created_at: '2026-11-25T09:30:12.480Z',
}

export const SUBMIT_ANSWER = { ...JOB, status: 'queued', completed_at: null, result: {} }

export const COMPLETED_ANSWER = {
  ...JOB,
  status: 'completed',
  completed_at: '2026-11-25T09:30:14.127Z',
  /** Paths: the page puts this server's address before them. */
  result: { urls: ['/files/4f9f2c7be1d04a5a8c3e60b1d27a9e85.jpg'] },
}
