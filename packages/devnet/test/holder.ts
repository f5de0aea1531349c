import { startDevnet } from '../src/index.ts'

// Holds a devnet and ends in the way asked for, never by stopping it.
class HolderFailure extends Error {}

const devnet = await startDevnet()
process.stdout.write(`${devnet.rpcUrl}\n`)
const ending = process.argv[2]
if (ending === 'exit') process.exit(3)
if (ending === 'throw') throw new HolderFailure('the holder fails')
if (ending?.startsWith('SIG')) setInterval(() => {}, 1_000)
