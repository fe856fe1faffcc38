# Forecasts by STL and ETS of what is left, by forecast::stlf.
suppressMessages(library(forecast))
num <- function(v) paste0("[", paste(formatC(v, digits = 17, format = "g", width = 1), collapse = ","), "]")
obj <- function(...) { v <- list(...); paste0("{", paste0('"', names(v), '":', unlist(v), collapse = ","), "}") }
jobs <- list(list("nottem", nottem, NULL), list("UKgas in logarithms", UKgas, 0), list("USAccDeaths", USAccDeaths, NULL))
cases <- sapply(jobs, function(k) {
  fit <- stlf(k[[2]], h = 6, lambda = k[[3]], level = 95)
  obj(case = paste0('"', k[[1]], '"'), y = num(k[[2]]), period = frequency(k[[2]]), lambda = if (is.null(k[[3]])) "null" else k[[3]],
    mean = num(fit$mean), lower = num(fit$lower), upper = num(fit$upper))
})
args <- commandArgs(FALSE)
here <- dirname(normalizePath(sub("^--file=", "", grep("^--file=", args, value = TRUE))))
text <- obj(package = '"forecast"', version = paste0('"', as.character(packageVersion("forecast")), '"'), script = '"parity/r/stlf.R"', seed = "null", tolerance = 1e-4, cases = paste0("[", paste(cases, collapse = ","), "]"))
writeLines(text, file.path(here, "../../packages/stats/test/parity/fixtures/r-stlf.json"))
