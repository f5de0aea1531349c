import type { Address, MarginIntent, Token } from '@plimsoll/domain'
import { erc20Abi } from '@plimsoll/evm'
import { createRandom } from '@plimsoll/testkit'
import { parseAbi, parseEventLogs } from 'viem'
import { describe, expect, test } from 'vitest'
import { useAave, whole } from './useAave.ts'

const DAY = 86_400

const eventsAbi = parseAbi([
  'event Supply(address indexed reserve, address user, address indexed onBehalfOf, uint256 amount, uint16 indexed referralCode)',
  'event Withdraw(address indexed reserve, address indexed user, address indexed to, uint256 amount)',
  'event Borrow(address indexed reserve, address user, address indexed onBehalfOf, uint256 amount, uint8 interestRateMode, uint256 borrowRate, uint16 indexed referralCode)',
  'event Repay(address indexed reserve, address indexed user, address indexed repayer, uint256 amount, bool useATokens)',
])

const on = useAave()

describe('encoded calls', () => {
  test('each verb makes the pool say what the intent says', async () => {
    const owner = await on.chain.account()
    await on.chain.fund(owner, on.weth, whole(on.weth, 5))
    const step = async (type: MarginIntent['type'], token: Token, raw: bigint) => {
      const calls = on.chain.aave.encode(on.intent(type, owner, token, raw), on.context(owner))
      for (const [i, { to, data }] of calls.entries()) {
        const { logs, status } = await on.chain.transactRaw(owner, to, data)
        expect(status).toBe('0x1')
        if (i === calls.length - 1)
          return parseEventLogs({ abi: eventsAbi, logs: logs as never }).map(
            ({ eventName, args }) => [eventName, args] as const,
          )
      }
      return []
    }
    expect(await step('supply', on.weth, whole(on.weth, 5))).toMatchObject([
      ['Supply', { reserve: on.weth.address, onBehalfOf: as(owner), amount: whole(on.weth, 5) }],
    ])
    expect(await step('borrow', on.usdc, whole(on.usdc, 4_000))).toMatchObject([
      [
        'Borrow',
        {
          reserve: on.usdc.address,
          onBehalfOf: as(owner),
          amount: 4_000_000000n,
          interestRateMode: 2,
        },
      ],
    ])
    expect(await step('repay', on.usdc, whole(on.usdc, 1_000))).toMatchObject([
      [
        'Repay',
        { reserve: on.usdc.address, user: as(owner), amount: 1_000_000000n, useATokens: false },
      ],
    ])
    expect(await step('withdraw', on.weth, whole(on.weth, 1))).toMatchObject([
      ['Withdraw', { reserve: on.weth.address, to: as(owner), amount: whole(on.weth, 1) }],
    ])
    for (const token of [on.weth, on.usdc])
      expect(await on.chain.view(token.address, erc20Abi, 'allowance', [owner, on.pool()])).toBe(0n)
  })

  test('a delegate receives exactly what it withdraws, whatever the index rounds', async () => {
    const owner = await on.open(
      [
        [on.weth, 50],
        [on.wbtc, 2],
        [on.usdc, 9_000],
      ],
      [[on.usdc, 1_000]],
    )
    const sender = await on.chain.account()
    await on.chain.send(on.chain.aave.authorize(sender), owner)
    await on.chain.devnet.mine(10 * 365 * DAY) // the further the index is from 1, the more often it rounds
    const random = createRandom(7)
    for (let i = 0; i < 60; i++) {
      const token = random.pick([on.weth, on.wbtc, on.usdc])
      const raw = random.bigint(1n, random.pick([100n, whole(token, 1) / 50n]))
      const before = await on.chain.balance(sender, token)
      const what = on.intent('withdraw', owner, token, raw)
      const calls = on.chain.aave.encode(what, on.context(owner, sender))
      expect(await on.chain.sendTogether(calls, sender), `${raw} ${token.symbol}`).toBe(true)
      expect((await on.chain.balance(sender, token)) - before).toBe(raw)
      await on.chain.devnet.mine(random.int(1, DAY))
    }
    const left = await on.read(sender)
    for (const { raw, token } of left.collateral)
      expect(raw <= 150n, `${raw} of ${token.symbol} left after 60 withdrawals`).toBe(true)
  })

  test('a flash loan costs what the pool is told to charge', () => {
    expect(on.chain.aave.flashFee({ token: on.usdc, raw: 1_000_000_000001n })).toBe(500_000000n)
    expect(on.chain.aave.flashFee({ token: on.usdc, raw: 1_000n })).toBe(1n) // half a unit rounds up
    expect(
      on.chain.aave.flashFee({ token: { ...on.usdc, address: on.pool() }, raw: 1n }),
    ).toBeNull()
  })
})

/** viem decodes addresses into their checksummed form. */
const as = (address: Address) => expect.stringMatching(new RegExp(`^${address}$`, 'i'))
