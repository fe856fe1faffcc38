# Orders that auto.arima picks, a series with gaps, and the intervals of two simple forecasts.
suppressMessages(library(forecast))
num <- function(v) paste0("[", paste(formatC(v, digits = 17, format = "g", width = 1), collapse = ","), "]")
one <- function(v) formatC(v, digits = 17, format = "g", width = 1)
obj <- function(...) { v <- list(...); paste0("{", paste0('"', names(v), '":', unlist(v), collapse = ","), "}") }
args <- commandArgs(FALSE)
here <- dirname(normalizePath(sub("^--file=", "", grep("^--file=", args, value = TRUE))))
write <- function(name, package, tolerance, cases) writeLines(obj(package = paste0('"', package, '"'), version = paste0('"', packageVersion(package), '"'), script = '"parity/r/selection.R"',
  seed = "null", tolerance = tolerance, cases = paste0("[", paste(cases, collapse = ","), "]")), file.path(here, "../../packages/stats/test/parity/fixtures", paste0(name, ".json")))
picked <- sapply(list(list("LakeHuron", LakeHuron), list("WWWusage", WWWusage), list("lynx", lynx), list("UKgas, by approximation", ts(c(UKgas, UKgas[1:60] * 3), frequency = 4)), list("logarithms of AirPassengers", log(AirPassengers))), function(k) {
  fit <- auto.arima(k[[2]]); o <- arimaorder(fit)
  obj(case = paste0('"', k[[1]], '"'), y = num(k[[2]]), period = frequency(k[[2]]), order = num(c(o, if (length(o) < 6) c(0, 0, 0))[1:6]), aicc = one(fit$aicc))
})
among <- sapply(list(list("Nile", Nile, "full", 4, "aicc"), list("WWWusage", WWWusage, "full", 4, "aicc"), list("lh", lh, "full", 4, "bic"), list("LakeHuron", LakeHuron, "full", 3, "aic"), list("woolyrnq", woolyrnq, "stepwise", 5, "bic")), function(k) {
  fit <- auto.arima(k[[2]], stepwise = k[[3]] == "stepwise", approximation = FALSE, max.order = k[[4]], ic = k[[5]]); o <- arimaorder(fit)
  obj(case = paste0('"', k[[1]], ", ", k[[3]], ", ", k[[5]], '"'), y = num(k[[2]]), period = frequency(k[[2]]), order = num(c(o, if (length(o) < 6) c(0, 0, 0))[1:6]), aicc = one(fit$aicc), search = paste0('"', k[[3]], '"'), maxOrder = k[[4]], criterion = paste0('"', k[[5]], '"'))
})
write("r-auto-arima", "forecast", "1e-4", c(picked, among))
gap <- function(y, at) { y[at] <- NA; y }
gaps <- sapply(list(list("presidents", presidents, c(1, 0, 0), c(0, 0, 0)), list("LakeHuron", gap(LakeHuron, c(5, 40:43)), c(1, 0, 1), c(0, 0, 0)), list("Nile", gap(Nile, c(20:24, 71)), c(0, 1, 1), c(0, 0, 0)), list("USAccDeaths", gap(USAccDeaths, c(20, 33, 34)), c(0, 1, 1), c(0, 1, 1))), function(k) {
  fit <- arima(k[[2]], order = k[[3]], seasonal = k[[4]], method = "ML", optim.control = list(reltol = 1e-14, maxit = 1000))
  obj(case = paste0('"', k[[1]], '"'), y = num(ifelse(is.na(k[[2]]), 0, k[[2]])), valid = num(as.integer(!is.na(k[[2]]))), order = num(c(k[[3]], k[[4]])), period = frequency(k[[2]]), coefficients = num(coef(fit)), standardErrors = num(sqrt(diag(fit$var.coef))), variance = one(fit$sigma2), logLikelihood = one(fit$loglik), mean = num(predict(fit, 4)$pred))
})
write("r-arima-gaps", "stats", "1e-4", gaps)
simple <- c(sapply(list(list("Nile", Nile), list("AirPassengers", AirPassengers)), function(k) { f <- thetaf(k[[2]], h = 6, level = 95); obj(case = paste0('"theta, ', k[[1]], '"'), y = num(k[[2]]), period = frequency(k[[2]]), mean = num(f$mean), lower = num(f$lower)) }),
  { f <- meanf(Nile, h = 6, level = 95); obj(case = '"mean, Nile"', y = num(Nile), period = 1, mean = num(f$mean), lower = num(f$lower)) })
write("r-simple-forecasts", "forecast", "1e-3", simple)
