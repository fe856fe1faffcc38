import { ident, type Sql, sql } from '../sql/sql.ts'

/** An end of `fitPlateau`'s plateau in one statement: every pair of joints, three weighted fits each, the median of the joints. */
export function goldenAgeQuery(tables: Sql, column: string, end: 'from' | 'to', byGender: boolean): Sql {
  const y = sql`cast(${ident(column)} as double)`
  const value = byGender ? sql`${y} - avg(${y}) over (partition by gender) + avg(${y}) over ()` : y
  return sql`with people as (
  select floor(age_years) as age, ${value} as y, ${y} as raw from ${tables} where age_years is not null and ${ident(column)} is not null
), ages as (
  select age, cast(count(*) as double) as n, sum(y) as y, count(*) * coalesce(var_samp(raw), 0) as within, row_number() over (order by age) as place, count(*) over () as size
  from people where age between 16 and 100 group by age
), fits as ( -- one row per pair of joints: the plateau runs from place a to place b
  select p.age as a_age, q.age as b_age, p.place as a, q.place as b,
    sum(s.n) filter (where s.place < p.place) as lw, sum(s.n * s.age) filter (where s.place < p.place) as lx,
    sum(s.n * s.age * s.age) filter (where s.place < p.place) as lxx, sum(s.y) filter (where s.place < p.place) as ly,
    sum(s.y * s.age) filter (where s.place < p.place) as lxy, max(s.age) filter (where s.place < p.place) as l_edge,
    sum(s.n) filter (where s.place > q.place) as rw, sum(s.n * s.age) filter (where s.place > q.place) as rx,
    sum(s.n * s.age * s.age) filter (where s.place > q.place) as rxx, sum(s.y) filter (where s.place > q.place) as ry,
    sum(s.y * s.age) filter (where s.place > q.place) as rxy, min(s.age) filter (where s.place > q.place) as r_edge,
    sum(s.n) filter (where s.place between p.place and q.place) as w, sum(s.y) filter (where s.place between p.place and q.place) as y
  from ages p join ages q on q.place >= p.place + 2 and p.place > 3 and q.place <= q.size - 3 cross join ages s
  group by all
), lines as (
  select *, (lxy - ly * lx / lw) / (lxx - lx * lx / lw) as rise, (rxy - ry * rx / rw) / (rxx - rx * rx / rw) as fall, y / w as level
  from fits
), judged as ( -- what each pair of joints that a curve can have explains
  select ${end === 'from' ? sql`a_age` : sql`b_age`} as age,
    ly * ly / lw + rise * (lxy - ly * lx / lw) + ry * ry / rw + fall * (rxy - ry * rx / rw) + y * y / w as gain
  from lines
  where rise >= 0 and fall <= 0 and ly / lw + rise * (l_edge - lx / lw) <= level and ry / rw + fall * (r_edge - rx / rw) <= level
), weighed as (
  select age, case when gain = max(gain) over () then 1
    else coalesce(exp((gain - max(gain) over ()) / nullif(2 * (select sum(within) / sum(n) from ages), 0)), 0) end as mass
  from judged
), reached as (
  select age, sum(sum(mass)) over (order by age) as below, sum(sum(mass)) over () as whole from weighed group by age
)
select min(age) as estimate from reached where below >= whole / 2`
}
