import { once } from 'node:events'
import { openPortfolio, startDevnet } from '@plimsoll/devnet'
import { createCommand, integer, toggle } from './Command.ts'
import { demoPortfolio } from './demo/demoConfig.ts'

/** Keeps a devnet with the demo's portfolio running until it is stopped. */
export const devnetCommand = createCommand({
  name: 'devnet',
  summary: 'Starts the local chain with a leveraged portfolio and keeps it until Ctrl-C.',
  examples: [
    ['plimsoll devnet', 'on a free port'],
    ['plimsoll devnet --port 8545 --json', 'on a port of yours; one JSON line when it is ready'],
  ],
  flags: {
    port: integer({ min: 1, max: 65_535 }, null, 'port of the chain; a free one if absent'),
    json: toggle('print one JSON object when it is ready'),
  },
  async run({ port, json }) {
    const devnet = await startDevnet({
      onProgress: (message) => console.error(message),
      port: port ?? 0,
    })
    try {
      const { owner } = devnet.accounts
      await openPortfolio(devnet, owner.address, demoPortfolio())
      if (json)
        console.log(JSON.stringify({ type: 'ready', rpcUrl: devnet.rpcUrl, owner: owner.address }))
      else
        console.log(
          `Ready at ${devnet.rpcUrl}. The portfolio belongs to ${owner.address}.\nLook at it: plimsoll portfolio --rpc ${devnet.rpcUrl} --owner ${owner.address}\nCtrl-C stops the chain.`,
        )
      const forever = setInterval(() => {}, 60_000)
      await Promise.race([once(process, 'SIGINT'), once(process, 'SIGTERM')])
      clearInterval(forever)
    } finally {
      await devnet.stop()
    }
  },
})
