"""What happens in Redis at once, as Lua that a Redis 7.0 and a Valkey run. All of it may be repeated without harm.

`jobs` and `alone` are streams with one group: in `alone` stand questions whose worker died. `entries` tells of each
question (a job) where it stands, as "STREAM ENTRY"; who takes it out of there has the only answer that counts.
`deaths` counts how many workers died while they had it.
"""

from __future__ import annotations

_COMMON = """
local P, GROUP = KEYS[1], 'workers'
local STREAMS = {'jobs', 'alone'}

local function ensure(stream)
  if redis.call('EXISTS', P .. stream) == 0 then
    redis.call('XGROUP', 'CREATE', P .. stream, GROUP, '0', 'MKSTREAM')
  end
end

local function locate(job)
  local where = redis.call('HGET', P .. 'entries', job)
  if not where then return nil end
  local stream, entry = string.match(where, '^(%S+) (%S+)$')
  return stream, entry
end

local function drop(stream, entry)
  redis.call('XACK', P .. stream, GROUP, entry)
  redis.call('XDEL', P .. stream, entry)
end

local function forget(job)
  redis.call('HDEL', P .. 'entries', job)
  redis.call('HDEL', P .. 'deaths', job)
end

local function add(stream, job, asker, header)
  ensure(stream)
  local entry = redis.call('XADD', P .. stream, '*', 'job', job, 'asker', asker, 'header', header)
  redis.call('HSET', P .. 'entries', job, stream .. ' ' .. entry)
end

local function answer(asker, job, field, value)
  redis.call('XADD', P .. 'answers:' .. asker, '*', 'job', job, field, value)
  redis.call('EXPIRE', P .. 'answers:' .. asker, 3600)
end

local function fields_of(stream, entry)
  local found = redis.call('XRANGE', P .. stream, entry, entry)
  if #found == 0 then return nil end
  local fields = {}
  for i = 1, #found[1][2], 2 do fields[found[1][2][i]] = found[1][2][i + 1] end
  return fields, found[1][2]
end

local function pending(stream, worker)
  if redis.call('EXISTS', P .. stream) == 0 then return {} end
  return redis.call('XPENDING', P .. stream, GROUP, '-', '+', 10000, worker)
end

-- What a worker has goes to others: after its death alone, or given up where that happened too often.
local function release(worker, most_deaths)
  local again, given_up = 0, 0
  for _, stream in ipairs(STREAMS) do
    for _, held in ipairs(pending(stream, worker)) do
      local fields = fields_of(stream, held[1])
      drop(stream, held[1])
      if fields then
        local deaths = 0
        if most_deaths > 0 then deaths = redis.call('HINCRBY', P .. 'deaths', fields.job, 1) end
        if most_deaths > 0 and deaths >= most_deaths then
          forget(fields.job)
          redis.call('XADD', P .. 'dead', 'MAXLEN', '~', 1000, '*', 'job', fields.job, 'worker', worker,
            'reason', 'its worker died ' .. deaths .. ' times')
          answer(fields.asker, fields.job, 'lost', 'deaths')
          given_up = given_up + 1
        else
          add(most_deaths > 0 and 'alone' or stream, fields.job, fields.asker, fields.header)
          again = again + 1
        end
      end
    end
  end
  return again, given_up
end

local function leave(worker)
  for _, stream in ipairs(STREAMS) do
    if redis.call('EXISTS', P .. stream) == 1 then
      redis.call('XGROUP', 'DELCONSUMER', P .. stream, GROUP, worker)
    end
  end
  redis.call('HDEL', P .. 'workers', worker)
  redis.call('SREM', P .. 'drain', worker)
  redis.call('DEL', P .. 'alive:' .. worker)
end
"""

SUBMIT = (
    _COMMON
    + """
-- ARGV: asker, job, header, seconds that pictures stay, names of its pictures. Returns the pictures that are missing;
-- with none the question stands in its stream, once.
local asker, job, header = ARGV[1], ARGV[2], ARGV[3]
local missing = {}
for i = 5, #ARGV do
  if redis.call('EXPIRE', P .. ARGV[i], ARGV[4]) == 0 then missing[#missing + 1] = ARGV[i] end
end
if #missing > 0 then return missing end
local stream, entry = locate(job)
if not (stream and fields_of(stream, entry)) then add('jobs', job, asker, header) end
return {}
"""
)

CANCEL = (
    _COMMON
    + """
-- ARGV: job. Its worker learns of it with its next beat.
local stream, entry = locate(ARGV[1])
if stream then drop(stream, entry) end
forget(ARGV[1])
"""
)

FINISH = (
    _COMMON
    + """
-- ARGV: worker, what it says of itself, then of each question the stream and the entry that the worker had, job, asker,
-- 'answer' or 'lost', and the answer or why. What is answered already changes nothing.
redis.call('HSET', P .. 'workers', ARGV[1], ARGV[2])
for i = 3, #ARGV, 6 do
  local job = ARGV[i + 2]
  local stream, entry = locate(job)
  drop(ARGV[i], ARGV[i + 1])
  if stream then
    drop(stream, entry)
    forget(job)
    answer(ARGV[i + 3], job, ARGV[i + 4], ARGV[i + 5])
  end
end
"""
)

BEAT = (
    _COMMON
    + """
-- ARGV: worker, what it says of itself, milliseconds that it counts as alive, the last forgotten picture it knows of,
-- and the entries that it has in hand. Returns: those that are not its own any more; what it was given and has not in
-- hand, for the reply was lost; how many questions wait to be alone with a worker; whether it shall leave; what was
-- forgotten since.
local worker = ARGV[1]
redis.call('SET', P .. 'alive:' .. worker, 1, 'PX', ARGV[3])
redis.call('HSET', P .. 'workers', worker, ARGV[2])
local in_hand, gone, stray = {}, {}, {}
for i = 5, #ARGV do in_hand[ARGV[i]] = true end
for _, stream in ipairs(STREAMS) do
  ensure(stream)
  for _, held in ipairs(pending(stream, worker)) do
    local name = stream .. ' ' .. held[1]
    if in_hand[name] then
      in_hand[name] = nil
    elseif held[3] >= tonumber(ARGV[3]) / 2 then
      local _, fields = fields_of(stream, held[1])
      if fields then stray[#stray + 1] = {name, fields} else drop(stream, held[1]) end
    end
  end
end
for name in pairs(in_hand) do gone[#gone + 1] = name end
local waiting = redis.call('XLEN', P .. 'alone') - redis.call('XPENDING', P .. 'alone', GROUP)[1]
local forgotten = redis.call('XRANGE', P .. 'forgotten', '(' .. ARGV[4], '+')
return {gone, stray, waiting, redis.call('SISMEMBER', P .. 'drain', worker), forgotten}
"""
)

RELEASE = (
    _COMMON
    + """
-- ARGV: worker, 'leave' or 'stay', deaths that a question may have; 0: it is handed back in good order.
release(ARGV[1], tonumber(ARGV[3]))
if ARGV[2] == 'leave' then leave(ARGV[1]) end
"""
)

SWEEP = (
    _COMMON
    + """
-- ARGV: asker, milliseconds of liveness, deaths that a question may have, seconds until what is abandoned goes, and the
-- jobs that the bot waits for. Returns: those that are nowhere; each worker with what it says of itself and the
-- milliseconds that it still counts as alive; how many questions are asked again and given up since workers died.
local asker, liveness, most_deaths, seconds = ARGV[1], tonumber(ARGV[2]), tonumber(ARGV[3]), ARGV[4]
local again, given_up = 0, 0
-- A server that was started again has forgotten who is alive, perhaps: workers get their time to say so.
local uptime = tonumber(string.match(redis.call('INFO', 'server'), 'uptime_in_seconds:(%d+)'))
if uptime * 1000 > liveness + 2000 then
  local dead = {}
  for _, stream in ipairs(STREAMS) do
    if redis.call('EXISTS', P .. stream) == 1 then
      for _, consumer in ipairs(redis.call('XINFO', 'CONSUMERS', P .. stream, GROUP)) do dead[consumer[2]] = true end
    end
  end
  for _, worker in ipairs(redis.call('HKEYS', P .. 'workers')) do dead[worker] = true end
  for worker in pairs(dead) do
    if redis.call('EXISTS', P .. 'alive:' .. worker) == 0 then
      local more, lost = release(worker, most_deaths)
      again, given_up = again + more, given_up + lost
      leave(worker)
    end
  end
end
local missing = {}
if redis.call('XLEN', P .. 'answers:' .. asker) == 0 then
  for i = 5, #ARGV do
    local stream, entry = locate(ARGV[i])
    if not (stream and fields_of(stream, entry)) then
      forget(ARGV[i])
      missing[#missing + 1] = ARGV[i]
    end
  end
end
for _, key in ipairs({'jobs', 'alone', 'entries', 'deaths', 'workers', 'drain', 'dead', 'forgotten'}) do
  redis.call('EXPIRE', P .. key, seconds)
end
local workers, known = {}, redis.call('HGETALL', P .. 'workers')
for i = 1, #known, 2 do
  workers[#workers + 1] = {known[i], known[i + 1], redis.call('PTTL', P .. 'alive:' .. known[i])}
end
return {missing, workers, again, given_up}
"""
)

FORGET = (
    _COMMON
    + """
-- ARGV: names of pictures. They go, and workers are told to let go of theirs.
for _, name in ipairs(ARGV) do
  redis.call('DEL', P .. name)
  redis.call('XADD', P .. 'forgotten', 'MAXLEN', '~', 10000, '*', 'picture', name)
end
"""
)
