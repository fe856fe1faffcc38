import { expect, it } from 'vitest'
import { createInstitution, from } from './institution.ts'

const core = {
  key: 'core_customers',
  files: 'core.csv',
  system: 'core',
  identifiers: { mobile: { kind: 'phone', use: 'match' }, mail: { kind: 'email', use: 'match' } },
  tables: [{ table: 'customer_versions', columns: from({ customer_id: 'id', city: 'city' }) }],
}
const app = {
  key: 'app_users',
  files: 'app.csv',
  system: 'app',
  identifiers: { phone: { kind: 'phone', use: 'match' }, email: { kind: 'email', use: 'match' } },
  tables: [
    { table: 'customer_versions', columns: from({ customer_id: 'user', channel: 'channel' }) },
    {
      table: 'events',
      columns: from({ customer_id: 'user', name: 'event', occurred_at: 'time', message_id: 'm' }),
    },
  ],
}

it('joins two systems by sealed identifiers, and leaves apart what is shared or contradicted', async () => {
  const place = await createInstitution({
    identity: [{ systems: ['core', 'app'], by: ['phone', 'email'] }],
  })
  await place.sources(core, app)
  await place.write(
    'core.csv',
    'id,city,mobile,mail\n1,北京,13800000001,a@x.cn\n2,上海,13800000002,b@x.cn\n3,广州,13800000009,\n4,深圳,13800000009,\n5,杭州,13800000005,e@x.cn\n6,成都,13800000006,f@x.cn\n',
  )
  await place.write(
    'app.csv',
    [
      'user,phone,email,channel,event,time,m',
      '1,+86 138-0000-0002,,ios,open,2024-01-01,m1',
      'u2,,A@X.CN,android,open,2024-01-01,m2',
      'u3,13800000009,,ios,open,2024-01-01,m3',
      'u4,13800000005,f@x.cn,ios,open,2024-01-01,m4',
      'u5,13811111111,,ios,open,2024-01-01,m5',
      '',
    ].join('\n'),
  )
  const taken = await place.take()
  expect(taken.state.resolution.identity).toEqual([
    { systems: ['core', 'app'], method: 'identifier', matched: 2, unmatched: 1, conflicting: 2 },
  ])
  expect(
    await taken.rows(
      'select source, source_key, customer_id, method from standard.customer_keys order by 1, 2',
    ),
  ).toEqual([
    { source: 'app', source_key: '1', customer_id: '2', method: 'identifier' },
    { source: 'app', source_key: 'u2', customer_id: '1', method: 'identifier' },
  ])
  expect(await taken.rows('select message_id as m, customer_id from standard.events order by 1')).toEqual([
    { m: 'm1', customer_id: '2' },
    { m: 'm2', customer_id: '1' },
    { m: 'm3', customer_id: 'app:u3' },
    { m: 'm4', customer_id: 'app:u4' },
    { m: 'm5', customer_id: 'app:u5' },
  ])
  expect(
    await taken.rows(
      `select customer_id, city, channel from standard.customer_versions where customer_id in ('1', '2') order by 1`,
    ),
  ).toEqual([
    { customer_id: '1', city: '北京', channel: 'android' },
    { customer_id: '2', city: '上海', channel: 'ios' },
  ])
})

it('takes the join back when it is no longer declared', async () => {
  const place = await createInstitution({ identity: [{ systems: ['core', 'app'], by: ['phone'] }] })
  await place.sources(core, app)
  await place.write('core.csv', 'id,city,mobile,mail\n1,北京,13800000001,\n')
  await place.write(
    'app.csv',
    'user,phone,email,channel,event,time,m\nu1,13800000001,,ios,open,2024-01-01,m1\n',
  )
  const joined = await place.take()
  expect(await joined.rows('select customer_id from standard.customer_versions')).toEqual([
    { customer_id: '1' },
  ])
  await place.write('tranche.yaml', '{name: {en: Test, zh: 测试}, timeZone: Asia/Shanghai}')
  const apart = await place.take(joined.state)
  expect(await apart.rows('select customer_id from standard.customer_versions order by 1')).toEqual([
    { customer_id: '1' },
    { customer_id: 'app:u1' },
  ])
  expect(apart.state.files.every(({ status }) => status === 'unchanged')).toBe(true)
})

it('joins by given pairs of keys', async () => {
  const place = await createInstitution({ identity: [{ systems: ['core', 'app'], pairs: 'pairs' }] })
  await place.sources(core, app, {
    key: 'pairs',
    files: 'pairs.csv',
    tables: [
      {
        table: 'customer_keys',
        columns: { source: { value: 'app' }, ...from({ source_key: 'user', customer_id: 'core' }) },
      },
    ],
  })
  await place.write('core.csv', 'id,city,mobile,mail\n1,北京,,\n2,上海,,\n')
  await place.write('app.csv', 'user,phone,email,channel,event,time,m\nu1,,,ios,open,2024-01-01,m1\n')
  await place.write('pairs.csv', 'user,core\nu1,2\n')
  const taken = await place.take()
  expect(await taken.rows('select customer_id from standard.events')).toEqual([{ customer_id: '2' }])
  expect(taken.state.resolution.identity).toEqual([
    { systems: ['core', 'app'], method: 'pair', matched: 1, unmatched: 0, conflicting: 0 },
  ])
})

it('gives other pseudonyms under another key, and the same under the same', async () => {
  const place = await createInstitution()
  await place.sources({
    key: 'people',
    files: 'p.csv',
    identifiers: { phone: { kind: 'phone', use: 'pseudonym' } },
    tables: [{ table: 'customer_versions', columns: from({ customer_id: 'phone' }) }],
  })
  await place.write('p.csv', 'phone,x\n13800000001,1\n')
  const id = async (secret: string) => {
    const taken = await place.take(null, secret)
    return (await taken.rows('select customer_id from standard.customer_versions'))[0]?.['customer_id']
  }
  const first = await id('1:first secret of sixteen')
  expect(await id('1:first secret of sixteen')).toBe(first)
  expect(await id('2:other secret of sixteen')).not.toBe(first)
})
