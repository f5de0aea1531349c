import { swapVenueSuite } from '@plimsoll/testkit'
import { createHarness } from './createHarness.ts'

swapVenueSuite({ name: 'uniswap-v3', create: createHarness })
