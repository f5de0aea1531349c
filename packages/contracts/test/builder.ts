import { once } from 'node:events'
import { buildOnce } from '../src/index.ts'

// Builds a thing for as long as its input is open, or gets it from another process, and says whose it is.
const build = async () => {
  await once(process.stdin.resume(), 'end')
  return { by: process.pid }
}
const { by } = await buildOnce(process.argv[2] ?? '', build, {
  what: 'the thing',
  onProgress: (message) => process.stdout.write(`${message}\n`),
})
process.stdout.write(`${by}\n`)
