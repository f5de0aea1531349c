import type { MarginDomain } from '@plimsoll/domain'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { domainId, USDC, WBTC, WETH, world } from '../../test/world.ts'
import { betasOf, greeks } from './greeks.ts'

const frame = world({
  loans: [
    {
      venue: 'aave',
      collateral: [
        { token: WETH, amount: 10 },
        { token: WBTC, amount: 0.5 },
      ],
      debt: [{ token: USDC, amount: 20_000 }],
    },
  ],
  perps: [{ venue: 'perp', equity: 3_000, legs: [{ asset: 'ETH', size: -4 }] }],
  reserve: [{ token: WETH, amount: 1 }],
})
const betas = betasOf(
  new Map([
    ['ETH', 0.04],
    ['BTC', 0.03],
    ['USDC', 0],
  ]),
  0.8,
)

test('default: betas are ρ σ_i / σ_driver, and a stable token neither drives nor follows', () => {
  expect([...betas.keys()]).toEqual(['ETH', 'BTC'])
  expect(betas.get('ETH')).toEqual(
    new Map([
      ['ETH', 1],
      ['BTC', expect.closeTo(0.6, 12)],
      ['USDC', 0],
    ]),
  )
})

test('default: delta is net over domains and wallet, gamma empty while all is linear', () => {
  const book = greeks({ frame, betas })
  expect(book.delta.get('ETH')).toBeCloseTo((10 - 4 + 1) * 2_000, 6)
  expect(book.delta.get('BTC')).toBeCloseTo(20_000, 6)
  expect(book.delta.get('USDC')).toBeCloseTo(-20_000, 6)
  expect([...book.gamma]).toEqual([])
})

test('behavior: gamma of curved legs adds up', () => {
  const curved = (id: string): MarginDomain => ({
    ...frame.portfolio.domains[0]!,
    id,
    gamma: () => new Map([['ETH', -50]]),
  })
  const portfolio = { ...frame.portfolio, domains: [curved('a'), curved('b')] }
  expect(greeks({ frame: { ...frame, portfolio }, betas }).gamma).toEqual(new Map([['ETH', -100]]))
})

test('default: gradient and Hessian of a loan by number', () => {
  const [loan] = greeks({ frame, betas }).domains
  expect(loan!.assets).toEqual(['BTC', 'ETH', 'USDC'])
  // Half of the backing is BTC, half ETH; the debt is all USDC.
  expect(loan!.sensitivity).toEqual({
    type: 'solvent',
    lnHealth: expect.closeTo(Math.log(32_000 / 20_000), 12),
    gradient: [0.5, 0.5, -1],
    hessian: [
      [0.25, -0.25, 0],
      [-0.25, 0.25, 0],
      [0, 0, 0],
    ],
  })
})

test('behavior: sensitivity at the worse of two prices, prices of liquidation at the venue’s', () => {
  const apart = world({
    oracle: { ETH: 2_000 },
    market: { ETH: 1_900 },
    loans: [
      {
        venue: 'aave',
        collateral: [{ token: WETH, amount: 10 }],
        debt: [{ token: USDC, amount: 12_000 }],
      },
    ],
  })
  const [loan] = greeks({ frame: apart, betas }).domains
  expect(loan!.sensitivity).toMatchObject({
    lnHealth: expect.closeTo(Math.log(15_200 / 12_000), 12),
  })
  expect(loan!.alone[0]!.move).toBeCloseTo(1_500 / 2_000 - 1, 12)
})

test('default: liquidation by one asset alone', () => {
  const [loan, perp] = greeks({ frame, betas }).domains
  // 0.8 × (20,000 + 10 S) = 20,000
  expect(loan!.alone.find(({ asset }) => asset === 'ETH')).toEqual({
    asset: 'ETH',
    price: expect.closeTo(500, 9),
    move: expect.closeTo(-0.75, 9),
  })
  // 3,000 + 8,000 − 4 S = 0.0625 × 4 S
  expect(perp!.alone[0]!.price).toBeCloseTo(11_000 / 4.25, 6)
})

describe('together', () => {
  test('default: a loan dies at the common fall, where its health is 1', () => {
    const [loan] = greeks({ frame, betas }).domains
    const eth = loan!.together.find(({ driver }) => driver === 'ETH')!
    expect(eth.up).toBeNull()
    const { price, move } = eth.down!
    expect(move).toBeCloseTo(price / 2_000 - 1, 12)
    // BTC goes 0.6 of the way in log-price.
    expect(0.8 * (10 * price + 20_000 * (price / 2_000) ** 0.6)).toBeCloseTo(20_000, 5)
    expect(price).toBeGreaterThan(500)
    expect(loan!.together.map(({ driver }) => driver)).toEqual(['BTC', 'ETH'])
  })

  test('behavior: a short dies upwards', () => {
    const [, perp] = greeks({ frame, betas }).domains
    const [ray] = perp!.together
    expect(ray!.down).toBeNull()
    expect(ray!.up!.price).toBeCloseTo(11_000 / 4.25, 6)
  })

  test('behavior: long one and short the other dies on both sides', () => {
    const spread = world({
      perps: [
        {
          venue: 'perp',
          equity: 4_000,
          legs: [
            { asset: 'ETH', size: 15 },
            { asset: 'BTC', size: -0.5 },
          ],
        },
      ],
    })
    const both = new Map([['ETH', new Map([['BTC', 2]])]])
    const [perp] = greeks({ frame: spread, betas: both }).domains
    const [ray] = perp!.together
    expect(ray!.down!.move).toBeLessThan(0)
    expect(ray!.up!.move).toBeGreaterThan(0)
  })

  test('behavior: what can be liquidated now needs no move', () => {
    const dead = world({
      loans: [
        {
          venue: 'aave',
          collateral: [{ token: WETH, amount: 1 }],
          debt: [{ token: USDC, amount: 1_900 }],
        },
      ],
    })
    const [loan] = greeks({ frame: dead, betas }).domains
    expect(loan!.together[0]).toEqual({
      driver: 'ETH',
      down: { price: 2_000, move: 0 },
      up: { price: 2_000, move: 0 },
    })
  })

  test('behavior: nothing owed, nothing dies', () => {
    const held = world({
      loans: [{ venue: 'aave', collateral: [{ token: WETH, amount: 1 }], debt: [] }],
    })
    const [loan] = greeks({ frame: held, betas }).domains
    expect(loan).toMatchObject({
      domain: domainId('aave'),
      sensitivity: { type: 'unlevered' },
      together: [{ driver: 'ETH', down: null, up: null }],
    })
  })

  test('property: health is 1 at a hit and above 1 up to it', () => {
    const amount = fc.double({ min: 0.1, max: 20, noNaN: true })
    fc.assert(
      fc.property(
        amount,
        amount,
        fc.double({ min: 1_000, max: 60_000, noNaN: true }),
        fc.double({ min: -0.5, max: 2, noNaN: true }),
        (eth, btc, debt, beta) => {
          const book = world({
            loans: [
              {
                venue: 'aave',
                collateral: [
                  { token: WETH, amount: eth },
                  { token: WBTC, amount: btc / 10 },
                ],
                debt: [{ token: USDC, amount: debt }],
              },
            ],
          })
          const domain = book.portfolio.domains[0]!
          const ray = greeks({ frame: book, betas: new Map([['ETH', new Map([['BTC', beta]])]]) })
            .domains[0]!.together[0]!
          const lnHealthAt = (x: number): number => {
            const health = domain.health(
              new Map([
                ['ETH', 2_000 * Math.exp(x)],
                ['BTC', 40_000 * Math.exp(beta * x)],
                ['USDC', 1],
              ]),
            )
            return health.type === 'solvent' ? health.lnHealth : Number.NaN
          }
          for (const hit of [ray.down, ray.up]) {
            if (hit === null || hit.move === 0) continue
            const x = Math.log1p(hit.move)
            expect(lnHealthAt(x)).toBeCloseTo(0, 9)
            for (const share of [0.2, 0.5, 0.9])
              expect(lnHealthAt(share * x)).toBeGreaterThan(-1e-9)
          }
        },
      ),
    )
  })
})
