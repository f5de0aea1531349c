import { spawn } from 'node:child_process'

// Stands between a devnet and the process that started it. Its standard input is a leash held by that process: however
// the holder ends (stop, exit, Ctrl-C, crash, kill -9), the leash breaks, and the guard kills anvil.
const [binary = '', ...args] = process.argv.slice(2)
const anvil = spawn(binary, args, { stdio: ['ignore', 'inherit', 'inherit'] })
const end = () => anvil.kill('SIGKILL')

process.stdin.on('close', end).on('error', end).resume()
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, end)
anvil.on('error', (error) => {
  process.stderr.write(`${error.message}\n`)
  process.exit(1)
})
anvil.on('exit', (code) => process.exit(code ?? 0))
