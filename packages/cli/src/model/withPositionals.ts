import type { Command } from '../Command.ts'

/** Lets a command's first flag come without its name, and list flags come with spaces: `check DIR`, `eval --model A B`. */
export function withPositionals(command: Command, flag: string): Command {
  return {
    ...command,
    async run(argv) {
      const out: string[] = []
      const values: string[] = []
      let collecting = argv[0] !== undefined && !argv[0].startsWith('--')
      for (const arg of argv) {
        if (arg === `--${flag}`) {
          collecting = true
          continue
        }
        if (arg.startsWith('--')) collecting = false
        if (collecting) values.push(arg)
        else out.push(arg)
      }
      await command.run(values.length === 0 ? out : [`--${flag}=${values.join(',')}`, ...out])
    },
  }
}
