import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Devnet, NodeStartError, startDevnet, UnknownSnapshotError } from '../src/index.ts'

const HOLDER = fileURLToPath(new URL('./holder.ts', import.meta.url))
let devnet: Devnet

beforeAll(async () => {
  devnet = await startDevnet()
})
afterAll(() => devnet.stop())

/** Resolves when nothing answers at the address any more. */
async function silence(rpcUrl: string): Promise<void> {
  const body = JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'eth_chainId', params: [] })
  for (;;) {
    try {
      await fetch(rpcUrl, { method: 'POST', body, headers: { 'content-type': 'application/json' } })
    } catch {
      return
    }
    await new Promise((resolve) => setTimeout(resolve, 20))
  }
}

test('behavior: starts at the chosen time, on the block that the deployment names', async () => {
  const block = await devnet.client.getBlock()
  expect(block.timestamp).toBe(1_767_225_600n)
  expect(Number(block.number)).toBe(devnet.deployment.startBlock)
  expect(await devnet.client.getChainId()).toBe(31337)
})

test('behavior: two side by side begin with the same block and share nothing', async () => {
  const other = await startDevnet()
  try {
    expect(other.rpcUrl).not.toBe(devnet.rpcUrl)
    const first = { blockNumber: BigInt(devnet.deployment.startBlock) }
    const [one, two] = await Promise.all([
      devnet.client.getBlock(first),
      other.client.getBlock(first),
    ])
    expect(one.hash).toBe(two.hash)
    const before = await devnet.client.getBlock()
    await other.mint('USDC', other.accounts.owner.address, 1n)
    expect((await other.client.getBlock()).number).toBe(before.number + 1n)
    expect((await devnet.client.getBlock()).hash).toBe(before.hash)
  } finally {
    await other.stop()
  }
})

test('behavior: every block is a second after its parent, unless time is made to pass', async () => {
  const { client, accounts } = devnet
  const start = (await client.getBlock()).timestamp
  await devnet.mint('USDC', accounts.owner.address, 1n)
  await devnet.mine(3_600)
  await devnet.mint('USDC', accounts.owner.address, 1n)
  expect((await client.getBlock()).timestamp).toBe(start + 3_602n)
})

test('behavior: a snapshot brings chain and clock back, once', async () => {
  const { client, accounts } = devnet
  const before = await client.getBlock()
  const snapshot = await devnet.snapshot()
  await devnet.setFeed('ETH', 1_000_00000000n)
  await devnet.mine(900)
  await devnet.revert(snapshot)
  expect((await client.getBlock()).hash).toBe(before.hash)
  await devnet.mint('USDC', accounts.owner.address, 1n)
  expect((await client.getBlock()).timestamp).toBe(before.timestamp + 1n)
  await expect(devnet.revert(snapshot)).rejects.toBeInstanceOf(UnknownSnapshotError)
})

test('behavior: start prices and time are the caller’s', async () => {
  const other = await startDevnet({ prices: { ETH: 195.4, BTC: 7_935 }, timestamp: 1_584_000_000 })
  try {
    expect((await other.client.getBlock()).timestamp).toBe(1_584_000_000n)
    const price = await other.client.readContract({
      address: other.deployment.feeds.ETH,
      abi: [
        {
          type: 'function',
          name: 'latestAnswer',
          inputs: [],
          outputs: [{ type: 'int256' }],
          stateMutability: 'view',
        },
      ],
      functionName: 'latestAnswer',
    })
    expect(price).toBe(195_40000000n)
  } finally {
    await other.stop()
  }
})

test('error: NodeStartError when the port is taken', async () => {
  const port = Number(new URL(devnet.rpcUrl).port)
  await expect(startDevnet({ port })).rejects.toBeInstanceOf(NodeStartError)
})

test('behavior: stop ends the node, and may be called again', async () => {
  const other = await startDevnet()
  await other.stop()
  await other.stop()
  await silence(other.rpcUrl)
})

test.each(['SIGINT', 'SIGTERM', 'SIGKILL', 'exit', 'throw', 'return'])(
  'behavior: the node ends with its holder on %s',
  async (ending) => {
    const holder = spawn(process.execPath, [HOLDER, ending], {
      stdio: ['ignore', 'pipe', 'ignore'],
    })
    const [line] = (await once(holder.stdout, 'data')) as [Buffer]
    const rpcUrl = line.toString().trim()
    const ended = once(holder, 'exit')
    if (ending.startsWith('SIG')) holder.kill(ending as NodeJS.Signals)
    await ended
    await silence(rpcUrl)
    expect(rpcUrl).toMatch(/^http:/)
  },
)
