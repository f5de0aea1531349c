import { expect, test } from 'vitest'
import { modelOf, slowGraph } from '../../test/graphs.ts'
import { ModelStoppedError, ModelTimeoutError } from '../errors.ts'
import { createSession } from './createSession.ts'

const timeout = 120_000
const model = modelOf(slowGraph())
const width = model.manifest.features.length
const batch = { rows: 1, features: new Float32Array(width), bars: null }

// A thread that is terminated inside the runtime aborts the process, and this file with it.
test('a run given up in its middle: its thread ends by itself, the process lives', {
  timeout,
}, async () => {
  for (const deadlineMs of [5, 40, 80]) {
    const session = await createSession(model)
    await expect(session.run(batch, deadlineMs)).rejects.toThrow(ModelTimeoutError)
    expect(session.alive()).toBe(false)
    await session.close()
  }
})

test('closed in the middle of a run: what was asked is refused, what was queued is not run', {
  timeout,
}, async () => {
  const session = await createSession(model)
  const asked = [1, 2, 3].map(() => session.run(batch, timeout))
  const refused = asked.map((run) => expect(run).rejects.toThrow(ModelStoppedError))
  await session.close()
  await Promise.all(refused)
  await expect(session.run(batch, timeout)).rejects.toThrow(ModelStoppedError)
})
