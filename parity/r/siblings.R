# The trend of proportions and the comparison of two methods' forecasts.
suppressMessages(library(forecast))
num <- function(v) paste0("[", paste(formatC(v, digits = 17, format = "g", width = 1), collapse = ","), "]")
one <- function(v) formatC(v, digits = 17, format = "g", width = 1)
obj <- function(...) { v <- list(...); paste0("{", paste0('"', names(v), '":', unlist(v), collapse = ","), "}") }
args <- commandArgs(FALSE)
here <- dirname(normalizePath(sub("^--file=", "", grep("^--file=", args, value = TRUE))))
write <- function(name, package, cases) writeLines(obj(package = paste0('"', package, '"'), version = paste0('"', packageVersion(package), '"'), script = '"parity/r/siblings.R"', seed = "null", tolerance = 1e-9, cases = paste0("[", paste(cases, collapse = ","), "]")),
  file.path(here, "../../packages/stats/test/parity/fixtures", paste0(name, ".json")))
smokers <- c(83, 90, 129, 70); patients <- c(86, 93, 136, 82)
write("r-proportion-trend", "stats", sapply(list(1:4, c(0, 0, 1, 2)), function(score) { t <- prop.trend.test(smokers, patients, score); obj(case = paste0('"scores ', paste(score, collapse = " "), '"'), successes = num(smokers), n = num(patients), scores = num(score), statistic = one(t$statistic), pValue = one(t$p.value)) }))
a <- residuals(ets(WWWusage, model = "AAN", damped = FALSE)); b <- residuals(Arima(WWWusage, c(3, 1, 0)))
write("r-compared-forecasts", "forecast", sapply(list(list(1, 2, "two.sided", "twoSided"), list(3, 1, "less", "less"), list(2, 2, "greater", "greater")), function(k) { t <- dm.test(a, b, alternative = k[[3]], h = k[[1]], power = k[[2]]); obj(case = paste0('"horizon ', k[[1]], ', power ', k[[2]], '"'), first = num(a), second = num(b), horizon = k[[1]], power = k[[2]], alternative = paste0('"', k[[4]], '"'), statistic = one(t$statistic), pValue = one(t$p.value)) }))
