# BG/NBD and Pareto/NBD with static covariates by CLVTools, on its own apparel data.
suppressMessages(library(CLVTools))
num <- function(v) paste0("[", paste(formatC(v, digits = 17, format = "g", width = 1), collapse = ","), "]")
one <- function(v) formatC(v, digits = 17, format = "g", width = 1)
txt <- function(v) paste0("[", paste0('"', v, '"', collapse = ","), "]")
obj <- function(...) { v <- list(...); paste0("{", paste0('"', names(v), '":', unlist(v), collapse = ","), "}") }
data("apparelTrans"); data("apparelStaticCov")
clv <- clvdata(apparelTrans, date.format = "ymd", time.unit = "w", estimation.split = 104)
static <- SetStaticCovariates(clv, data.cov.life = apparelStaticCov, data.cov.trans = apparelStaticCov,
  names.cov.life = c("Gender", "Channel"), names.cov.trans = c("Gender", "Channel"))
models <- list(bgNbd = bgnbd, paretoNbd = pnbd)
kinds <- list(free = list(), penalised = list(reg.lambdas = c(trans = 0.05, life = 0.02)), shared = list(names.cov.constr = "Gender"))
cases <- c()
for (job in list(c("bgNbd", "free"), c("bgNbd", "penalised"), c("paretoNbd", "free"), c("paretoNbd", "shared"))) {
  base <- job[1]; kind <- job[2]
  args <- c(list(static, verbose = FALSE), kinds[[kind]])
  fit <- suppressWarnings(do.call(models[[base]], args))
  cf <- coef(fit)
  p <- as.data.frame(predict(fit, verbose = FALSE, prediction.end = 20, continuous.discount.factor = 0.002, predict.spending = FALSE))[1:20, ]
  message(base, kind)
  new <- predict(fit, newdata = newcustomer.static(7.89, data.frame(Gender = 1, Channel = 0), data.frame(Gender = 1, Channel = 0)), verbose = FALSE)
  cases <- c(cases, obj(case = paste0('"', base, ", ", kind, '"'), base = paste0('"', base, '"'), kind = paste0('"', kind, '"'),
    names = txt(names(cf)), coefficients = num(cf), standardErrors = num(sqrt(diag(vcov(fit)))), logLikelihood = one(as.numeric(logLik(fit))),
    horizon = one(p$period.length[1]), alive = num(p$PAlive), expected = num(p$CET), dert = if (base == "paretoNbd") num(p$DERT) else "null", newCustomer = one(as.numeric(new))))
}
cbs <- fit@cbs[order(Id)]
cov <- as.data.frame(apparelStaticCov); cov <- cov[match(cbs$Id, cov$Id), ]
args <- commandArgs(FALSE)
here <- dirname(normalizePath(sub("^--file=", "", grep("^--file=", args, value = TRUE))))
text <- obj(package = '"CLVTools"', version = paste0('"', as.character(packageVersion("CLVTools")), '"'), script = '"parity/r/covariates.R"',
  seed = "null", tolerance = 1e-7, columns = obj(id = txt(head(as.data.frame(predict(fit, verbose = FALSE, predict.spending = FALSE))$Id, 20)), ids = txt(cbs$Id), frequency = num(cbs$x), recency = num(cbs$t.x), T = num(cbs$T.cal),
  gender = num(cov$Gender), channel = num(cov$Channel)), cases = paste0("[", paste(cases, collapse = ","), "]"))
writeLines(text, file.path(here, "../../packages/stats/test/parity/fixtures/clvtools-covariates.json"))
