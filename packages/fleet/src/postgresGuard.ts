import { spawn } from 'node:child_process'
import { rmSync } from 'node:fs'

// Stands between a database and the process that started it. Its standard input is a leash held by that process: however
// the holder ends (stop, exit, Ctrl-C, crash, kill -9), the leash breaks, the database is stopped and its folder removed.
const [folder = '', owner = '', binary = '', ...args] = process.argv.slice(2)
const [uid, gid] = owner.split(':').map(Number)
const database = spawn(binary, args, {
  cwd: folder,
  stdio: ['ignore', 'inherit', 'inherit'],
  ...(owner === '' ? {} : { uid, gid }),
})
const end = () => database.kill('SIGINT') // a fast shutdown

process.stdin.on('close', end).on('error', end).resume()
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, end)
database.on('error', (error) => {
  process.stderr.write(`${error.message}\n`)
  process.exit(1)
})
database.on('exit', (code) => {
  rmSync(folder, { recursive: true, force: true })
  process.exit(code ?? 0)
})
